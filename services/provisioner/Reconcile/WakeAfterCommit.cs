using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Platform.Provisioner.Instances;

namespace Platform.Provisioner.Reconcile;

/// <summary>
/// Wakes the workers once a wish is committed; before that they would not see it. Rows that are due later are found by the search.
/// </summary>
internal sealed class WakeAfterCommit(ReconcileQueue queue, TimeProvider clock) : DbTransactionInterceptor
{
    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        foreach (var entry in eventData.Context?.ChangeTracker.Entries<Instance>() ?? [])
        {
            if (entry.Entity is { LeaseUntil: null, NextAttemptAt: { } due } && due <= now)
                queue.Add(entry.Entity.Id);
        }

        return Task.CompletedTask;
    }
}
