using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Wallets;

/// <summary>Something that the books always say, as a query that finds what breaks it.</summary>
/// <param name="Sentence">What is promised, for people.</param>
/// <param name="Sql">Returns one text per offender. Knows <c>@now</c> and <c>@merchant</c>.</param>
internal sealed record Promise(string Id, string Sentence, string Sql);

/// <param name="Offending">The first of them only.</param>
internal sealed record PromiseKept(string Id, string Promise, bool Holds, IReadOnlyList<string> Offending);

/// <summary>Looks through the books for broken promises. All queries see one state of the database, and change nothing.</summary>
internal sealed class Promises(WalletDbContext db, IOptions<MidtransOptions> midtrans, TimeProvider clock)
{
    private const int MostOffenders = 20;

    public static IReadOnlyList<Promise> All { get; } = [.. MoneyPromises.All, .. TopUpPromises.All];

    public async Task<IReadOnlyList<PromiseKept>> CheckAsync(CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        return await CheckAsync((NpgsqlTransaction)transaction.GetDbTransaction(), clock.GetUtcNow(), midtrans.Value.MerchantId, ct);
    }

    public static async Task<IReadOnlyList<PromiseKept>> CheckAsync(NpgsqlTransaction within, DateTimeOffset now, string merchant,
        CancellationToken ct)
    {
        List<PromiseKept> kept = [];
        foreach (var promise in All)
        {
            List<string> offending = [];
            await using var command = new NpgsqlCommand(
                $"SELECT * FROM ({promise.Sql}) AS offenders (what) LIMIT {MostOffenders}", within.Connection, within);
            command.Parameters.AddWithValue("now", now);
            command.Parameters.AddWithValue("merchant", merchant);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                offending.Add(reader.GetString(0));
            kept.Add(new(promise.Id, promise.Sentence, offending.Count == 0, offending));
        }

        return kept;
    }
}
