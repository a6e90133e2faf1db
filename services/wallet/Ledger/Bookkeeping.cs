namespace Platform.Wallets;

/// <summary>One side of a movement: what an account gains (positive) or gives (negative), whole rupiah.</summary>
internal readonly record struct Side(AccountKind Account, long Amount);

/// <summary>The rules of the ledger, without any store: what a posting does to somebody's balances.</summary>
internal static class Bookkeeping
{
    /// <summary>The sides of a posting, which sum to zero, or null when the account that is to give has too little.</summary>
    public static IReadOnlyList<Side>? Sides(Posting posting, Balances before)
    {
        var given = Give(posting, before);
        return given is null ? null : [.. given, .. Take(posting, before)];
    }

    // A reversal takes what the gateway has taken from us, whether the user still has it or not.
    private static List<Side>? Give(Posting posting, Balances before)
    {
        var amount = posting.Amount;
        var has = posting.From switch
        {
            AccountKind.User => before.Available,
            AccountKind.Held => before.Held,
            AccountKind.Debt => throw new InvalidOperationException("Nothing is paid out of a debt."),
            AccountKind.Clearing or AccountKind.Gateway or AccountKind.Revenue or AccountKind.Refunds or AccountKind.Bonus
                or AccountKind.Adjustment => amount,
        };
        if (has >= amount)
            return [new(posting.From, -amount.Rupiah)];
        return posting.Kind != PostingKind.Reversal
            ? null
            : [.. Some(AccountKind.User, -has.Rupiah), new(AccountKind.Debt, has.Rupiah - amount.Rupiah)];
    }

    // Whoever owes something pays that first, with whatever reaches them.
    private static IEnumerable<Side> Take(Posting posting, Balances before)
    {
        if (posting.To != AccountKind.User)
            return [new(posting.To, posting.Amount.Rupiah)];
        var repaid = Math.Min(before.Debt.Rupiah, posting.Amount.Rupiah);
        return [.. Some(AccountKind.Debt, repaid), .. Some(AccountKind.User, posting.Amount.Rupiah - repaid)];
    }

    private static IEnumerable<Side> Some(AccountKind account, long amount) => amount == 0 ? [] : [new(account, amount)];
}
