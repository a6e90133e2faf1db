using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Platform.Messaging;

/// <summary>Wakes this process's dispatcher as soon as rows are committed; what other replicas left behind is found by polling.</summary>
public sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim gate = new(0, 1);

    public void Set()
    {
        // Full means that a wake-up is already on its way, which serves this commit too.
        lock (gate)
        {
            if (gate.CurrentCount == 0)
                gate.Release();
        }
    }

    public Task<bool> WaitAsync(TimeSpan limit, CancellationToken ct) => gate.WaitAsync(limit, ct);

    public void Dispose() => gate.Dispose();
}

/// <summary>Sets the signal after a commit that contained outbox rows, with or without an explicit transaction.</summary>
internal sealed class OutboxCommitInterceptor(OutboxSignal signal) : ISaveChangesInterceptor, IDbTransactionInterceptor
{
    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result,
        CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { Database.CurrentTransaction: null } db && db.ChangeTracker.Entries<OutboxEntry>().Any())
            signal.Set();
        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        if (eventData.Context?.ChangeTracker.Entries<OutboxEntry>().Any() == true)
            signal.Set();
        return Task.CompletedTask;
    }
}
