using System.Collections.Concurrent;
using System.Data;
using Npgsql;

namespace Platform.Wallets.ModelTests;

/// <summary>Writes down what its clients ask and hear, in the checker's vocabulary, and reads what the database holds in the end.</summary>
internal sealed class Recorder(WalletService wallet, WalletClient client, IReadOnlyList<Guid> wallets)
{
    private const string SnapshotOfWallet = """
        SELECT coalesce(sum(e.amount) FILTER (WHERE e.account_id = 'user:' || @owner), 0)::bigint,
            coalesce(sum(e.amount) FILTER (WHERE e.account_id = 'held:' || @owner), 0)::bigint,
            coalesce(-sum(e.amount) FILTER (WHERE e.account_id = 'debt:' || @owner), 0)::bigint,
            (SELECT coalesce(sum(amount), 0) FROM wallet.holds WHERE user_id = @owner::uuid AND state = 'HELD')::bigint,
            coalesce(sum(e.amount), 0)::bigint
        FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id WHERE t.owner = @owner::uuid
        """;

    private readonly ConcurrentQueue<Call> calls = new();
    private readonly ConcurrentQueue<Snapshot> snapshots = new();
    private readonly ConcurrentQueue<string> wrong = new();
    private long tick;

    /// <summary>Answers that no wallet may give; they are faults before any checker has looked.</summary>
    public IReadOnlyCollection<string> Wrong => wrong;

    /// <returns>True when the answer was yes.</returns>
    public async Task<bool> CallAsync(int by, Delivery delivery, CancellationToken ct = default)
    {
        var from = Interlocked.Increment(ref tick);
        Call? call;
        try
        {
            var answer = await client.AskAsync(delivery, ct);
            call = Meaning(delivery.Command, answer) is { } meant
                ? meant with { Client = by, From = from, To = Interlocked.Increment(ref tick), Number = client.NumberOf(delivery.Command) }
                : null;
            if (call is null)
                wrong.Enqueue($"{delivery.Command} -> {answer}");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The client has given up; whether it happens all the same, nobody has told it.
            call = Question(delivery.Command) with { Client = by, From = from, To = Call.Never, Said = Said.Unknown };
        }

        if (call is not null)
            calls.Enqueue(call);
        return call?.Said is Said.Ok or Said.Again;
    }

    /// <summary>One client reads all wallets in one snapshot of the database.</summary>
    public async Task ReadAsync(int by)
    {
        await using var connection = new NpgsqlConnection(wallet.Database.ConnectionString);
        await connection.OpenAsync();
        var from = Interlocked.Increment(ref tick);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        var purses = await Books.PursesAsync(connection, [.. wallets]);
        List<Snapshot> seen = [];
        foreach (var owner in wallets)
            seen.Add(await SnapshotAsync(connection, owner, purses[owner]));
        await transaction.CommitAsync();
        var to = Interlocked.Increment(ref tick);
        foreach (var snapshot in seen)
        {
            snapshots.Enqueue(snapshot);
            calls.Enqueue(new(by, from, to, snapshot.Wallet, Asked.Read, "", 0, Said.Ok, Seen.All(snapshot.Purse)));
        }
    }

    public async Task<History> EndAsync()
    {
        // The last read sees what no later call can change.
        await ReadAsync(by: 0);
        await using var connection = new NpgsqlConnection(wallet.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT t.business_key, t.owner, sum(e.amount) FILTER (WHERE e.amount > 0)::bigint
            FROM wallet.ledger_transactions t JOIN wallet.ledger_entries e ON e.transaction_id = t.id
            WHERE t.owner = ANY (@owners) GROUP BY t.id
            """, connection)
        {
            Parameters = { new NpgsqlParameter<Guid[]>("owners", [.. wallets]) },
        };
        await using var reader = await command.ExecuteReaderAsync();
        List<Effect> effects = [];
        while (await reader.ReadAsync())
            effects.Add(new(reader.GetString(0), reader.GetGuid(1), reader.GetInt64(2)));
        return new([.. calls], [.. snapshots], effects);
    }

    private static async Task<Snapshot> SnapshotAsync(NpgsqlConnection connection, Guid owner, Purse purse)
    {
        await using var command = new NpgsqlCommand(SnapshotOfWallet, connection)
        {
            Parameters = { new NpgsqlParameter<string>("owner", owner.ToString()) },
        };
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new(owner, purse, new(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)), reader.GetInt64(3), reader.GetInt64(4));
    }

    private Call? Meaning(Command command, Answer answer) => (command, answer) switch
    {
        (_, Answer.Done) => Question(command),
        (_, Answer.NothingNew) => Question(command) with { Said = Said.Again },
        (_, Answer.Moved(var before, _)) => Question(command) with { Saw = Seen.All(before) },
        (_, Answer.TooLittle(var purse)) => Question(command) with { Said = Said.No, Saw = Seen.All(purse) },
        (Command.Hold, Answer.Held) or (Command.Release, Answer.Released) => Question(command),
        (Command.Hold hold, Answer.HoldRefused refused) =>
            Question(command) with { Said = Said.No, Saw = Shown(hold, refused) },
        (Command.Capture capture, Answer.Captured(var hold, _)) when capture.HoldId == hold => Question(command),
        (Command.Capture, Answer.CaptureRefused) or (Command.Release, Answer.Captured) => Question(command) with { Said = Said.No },
        _ => null,
    };

    // The code says which of the two it was that the wallet saw.
    private static Seen Shown(Command.Hold hold, Answer.HoldRefused refused) =>
        refused.Required == hold.Wish.Amount.Rupiah
            ? new(refused.Available, null, refused.Code == "INSUFFICIENT_CREDIT" ? 0 : null) : default;

    /// <summary>The call as it is when it goes well.</summary>
    private Call Question(Command command)
    {
        var (asked, key, amount) = command switch
        {
            Command.Settle settle => (Asked.Credit, $"topup:{OrderOf(settle.Order)}", settle.Amount),
            Command.TakeBack back => (Asked.TakeBack, $"reversal:{OrderOf(back.Order)}:{back.Total}", back.Total),
            Command.Redeem redeem => (Asked.Credit, $"coupon:{redeem.Redemption}", redeem.Amount),
            Command.Adjust adjust => (adjust.Adds ? Asked.Credit : Asked.Debit, $"adjust:{adjust.Id}", adjust.Amount),
            Command.Hold hold => (Asked.Hold, $"{hold.Wish.HoldId}", hold.Wish.Amount.Rupiah),
            Command.Capture capture => (Asked.Capture, $"{capture.HoldId}", AmountOf(capture.HoldId)),
            Command.Release release => (Asked.Release, $"{release.HoldId}", AmountOf(release.HoldId)),
            _ => throw new InvalidOperationException($"{command} is not part of a history."),
        };
        return new(0, 0, 0, command.Owner!.Value, asked, key, amount, Said.Ok);
    }

    private Guid OrderOf(Guid name) => client.OrderOf(name);

    private readonly ConcurrentDictionary<Guid, long> amounts = new();

    /// <summary>What a hold is about, for calls that only name it.</summary>
    public void Announce(Guid hold, long amount) => amounts[hold] = amount;

    private long AmountOf(Guid hold) => amounts[hold];
}
