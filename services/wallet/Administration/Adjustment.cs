using System.Diagnostics;
using System.Text.Json.Serialization;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Wallets;

public enum AdjustmentType
{
    Add,
    Deduct,
}

/// <summary>What an administrator wants to change about a balance.</summary>
/// <param name="Id">Names it for ever: a second posting under it moves nothing. Also the id of the line that the owner sees.</param>
/// <param name="Reason">Goes to the audit and, as a note, to the line.</param>
/// <param name="Description">What the owner reads.</param>
internal sealed record Adjustment(Guid Id, Guid UserId, AdjustmentType Type, Money Amount, string Reason, string Description)
{
    public bool Adds => Type == AdjustmentType.Add;

    /// <param name="description">What the owner is to read, or null for a sentence of ours.</param>
    public static Adjustment Of(Guid id, Guid user, AdjustmentType type, long rupiah, string reason, string? description) => new(
        id, user, type, Money.Idr(rupiah), reason.Trim(),
        string.IsNullOrWhiteSpace(description)
            ? type == AdjustmentType.Add ? "Credit added by an administrator" : "Credit deducted by an administrator"
            : description.Trim());
}

/// <summary>What became of an adjustment.</summary>
internal abstract record Adjusted
{
    private Adjusted()
    {
    }

    public sealed record Posted(WalletTransaction Line, WalletOwner Owner) : Adjusted;

    /// <summary>It was posted before; its line is stored. Nothing moved now.</summary>
    public sealed record Earlier(WalletOwner Owner) : Adjusted;

    /// <summary>Somebody else has decided in the same moment; nothing moved.</summary>
    public sealed record Overtaken : Adjusted;

    /// <summary>There was too little to deduct; nothing moved.</summary>
    public sealed record Short(Money Available, Money Shortfall) : Adjusted;

    /// <summary>There is no such user; nothing moved.</summary>
    public sealed record NoOwner : Adjusted;
}

/// <summary>Posts adjustments; the line for the owner and the row of the audit are written in the same transaction.</summary>
internal sealed class Adjustments(GroupCommit group, FaultPoints faults, TimeProvider clock)
{
    private const string Added = "WALLET_CREDIT_ADDED";
    private const string Deducted = "WALLET_CREDIT_DEDUCTED";

    /// <param name="approval">The request that <paramref name="by"/> approves with this, decided in the same transaction.</param>
    /// <param name="why">The reason of the approval, if it has one of its own.</param>
    public async Task<Adjusted> PostAsync(Adjustment wish, CurrentUser by, CancellationToken ct, AdjustmentApproval? approval = null,
        string? why = null)
    {
        // The group commits outside of this request, where nothing tells its trace any more.
        var trace = Activity.Current?.TraceId.ToString();
        var action = approval is not null ? AdjustmentApproval.Approved : wish.Adds ? Added : Deducted;
        WalletTransaction? line = null;
        var its = await group.PostAsync(Posting.Adjustment(wish.Id, wish.UserId, wish.Amount, wish.Adds), decided =>
        {
            if (decided.Outcome is not PostingOutcome.Posted posted)
                return GroupRows.None;
            var now = clock.GetUtcNow();
            line = WalletTransaction.OfAdjustment(decided.Number, wish, by.Id, posted.Before, posted.After, now);
            var audit = AuditEntry.Of(by, action, wish.UserId.ToString(), why ?? wish.Reason, now,
                State.Of(posted.Before), State.Of(posted.After) with { Transaction = line.Id, Amount = wish.Amount }, trace);
            return new(line, audit, approval is null ? null : db => approval.DecideIn(db, ApprovalStatus.Approved, by.Id, why, now));
        }, ct);
        faults.Hit("adjustment.posted");
        return its.Outcome switch
        {
            PostingOutcome.Posted => new Adjusted.Posted(line!, its.Owner!),
            PostingOutcome.Repeated => new Adjusted.Earlier(its.Owner!),
            PostingOutcome.NoOwner => new Adjusted.NoOwner(),
            PostingOutcome.Short(var has) => new Adjusted.Short(has.Available, wish.Amount.Minus(has.Available) ?? Money.Zero),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>What the audit keeps of a wallet, before and after.</summary>
    private sealed record State(
        Money Available, Money Held, Money Debt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Transaction = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Amount = null)
    {
        public static State Of(Balances balances) => new(balances.Available, balances.Held, balances.Debt);
    }
}
