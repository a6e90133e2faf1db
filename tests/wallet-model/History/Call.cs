namespace Platform.Wallets.ModelTests;

/// <summary>What a client asked of one wallet, in the vocabulary of the checker, which knows nothing of how the wallet works.</summary>
internal enum Asked
{
    Credit,
    Debit,

    /// <summary>Takes what is there and books the rest as a debt.</summary>
    TakeBack,
    Hold,
    Capture,
    Release,

    /// <summary>Reads the balances.</summary>
    Read,
}

internal enum Said
{
    /// <summary>It happened.</summary>
    Ok,

    /// <summary>It had happened before under the same key.</summary>
    Again,

    /// <summary>It did not happen.</summary>
    No,

    /// <summary>Nobody knows: the client gave up waiting. It may happen at any later time, or never.</summary>
    Unknown,
}

/// <summary>One call of one client: when it began and ended, what was asked, and what was said.</summary>
/// <param name="From">A tick of the common clock, taken before the call left.</param>
/// <param name="To">Taken after the answer came; the end of time for a call without one.</param>
/// <param name="Key">Names the effect: the ledger's business key, or the hold.</param>
/// <param name="Saw">The balances that the answer claims for the moment before the effect, as far as it does.</param>
internal sealed record Call(
    int Client, long From, long To, Guid Wallet, Asked Asked, string Key, long Amount, Said Said, Seen Saw = default)
{
    public const long Never = long.MaxValue;

    /// <summary>The number for people that was drawn for it.</summary>
    public long? Number { get; init; }

    public override string ToString() =>
        $"client {Client} [{From}..{(To == Never ? "" : To)}] {Asked} {Key} {Amount} -> {Said} {Saw}";
}

/// <summary>Balances that an answer tells; what it does not tell is null.</summary>
internal readonly record struct Seen(long? Available, long? Held, long? Debt)
{
    public static Seen All(Purse purse) => new(purse.Available, purse.Held, purse.Debt);

    public bool Fits(Purse purse) => (Available ?? purse.Available) == purse.Available && (Held ?? purse.Held) == purse.Held
        && (Debt ?? purse.Debt) == purse.Debt;

    public override string ToString() => this == default ? "" : $"(saw {Available}/{Held}/{Debt})";
}

/// <summary>What one read in a single snapshot of the database found of a wallet.</summary>
/// <param name="Entries">The same balances, as the sums of their entries.</param>
/// <param name="Total">The sum of all sides of all movements of these wallets.</param>
internal sealed record Snapshot(Guid Wallet, Purse Purse, Purse Entries, long OpenHolds, long Total);

/// <summary>A movement that is in the database in the end.</summary>
internal sealed record Effect(string Key, Guid Wallet, long Amount);

/// <summary>All that is known of one run.</summary>
internal sealed record History(IReadOnlyList<Call> Calls, IReadOnlyList<Snapshot> Snapshots, IReadOnlyList<Effect> Effects)
{
    public override string ToString() => string.Join(Environment.NewLine,
        [.. Calls.OrderBy(call => call.From).Select(call => $"  {call}"), .. Effects.Select(effect => $"  in the database: {effect}")]);
}
