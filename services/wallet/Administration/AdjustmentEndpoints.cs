using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Wallets;

/// <param name="Amount">Whole rupiah.</param>
public sealed record AddCreditRequest(
    [property: Range(typeof(long), "1000", "100000000")] long Amount, [property: AdminText(5, 200)] string Reason,
    [property: AdminText(0, 500)] string? Description = null)
{
    internal const long Least = 1_000;
    internal const long Most = 100_000_000;
}

/// <param name="Amount">Whole rupiah.</param>
/// <param name="AllowNegative">Older callers send it; it changes nothing, because an adjustment leads nobody below zero.</param>
public sealed record DeductCreditRequest(
    [property: Range(typeof(long), "1000", "100000000")] long Amount, [property: AdminText(5, 200)] string Reason,
    [property: AdminText(0, 500)] string? Description = null, bool AllowNegative = false);

internal sealed record AdjustmentAnswer(AdjustmentAnswer.Moved Transaction, AdjustmentAnswer.Owner User)
{
    public sealed record Moved(Guid Id, string CustomId, Money Amount, TransactionType Type, string Description)
    {
        public static Moved Of(WalletTransaction line) => new(line.Id, line.CustomId, line.Amount, line.Type, line.Description);
    }

    /// <param name="PreviousBalance">Like <paramref name="NewBalance"/> all that the user has, less what they owe.</param>
    public sealed record Owner(
        Guid Id, string Email, string Name, long PreviousBalance, long NewBalance,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? TotalTopUp,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? TotalSpent);
}

/// <summary>What a handler that adjusts works with.</summary>
internal sealed class Adjusting(WalletDbContext db, Adjustments adjustments, IOptions<AdjustmentOptions> options, FaultPoints faults,
    TimeProvider clock)
{
    public WalletDbContext Db => db;

    public Adjustments Adjustments => adjustments;

    public DateTimeOffset Now => clock.GetUtcNow();

    // A repetition of a request that has died takes up the id of the first try, so whatever that try did is found again.
    public Guid IdOf(HttpContext http) => Guid.TryParse(http.EarlierEffect(), out var earlier) ? earlier : Guid.CreateVersion7(Now);

    public bool NeedsSecondAdministrator(Money amount) => amount.Rupiah > options.Value.SecondAdministratorAbove;

    /// <summary>
    /// The group commits on a connection of its own, so the id is made safe before it: after a crash the repetition posts under it.
    /// </summary>
    public async Task CommitIdAsync(HttpContext http, Guid id)
    {
        await http.CommitEffectAsync(id.ToString());
        faults.Hit("adjustment.key-committed");
    }

    /// <summary>The line of an adjustment that was posted before.</summary>
    public async Task<WalletTransaction> EarlierAsync(Adjustment wish, CancellationToken ct)
    {
        var line = await db.Transactions.AsNoTracking().SingleOrDefaultAsync(t => t.Id == wish.Id, ct);
        return line?.UserId == wish.UserId && line.Amount == wish.Amount
            ? line
            : throw new InvalidOperationException($"Adjustment {wish.Id} was posted before, but not this one.");
    }
}

internal static class AdjustmentEndpoints
{
    public static void MapAdjustments(this IEndpointRouteBuilder wallets)
    {
        wallets.MapPost("/users/{userId:guid}/add-credit", Add).AcceptsIdempotencyKey().WithName("AddCredit");
        wallets.MapPost("/users/{userId:guid}/deduct-credit", Deduct).AcceptsIdempotencyKey().WithName("DeductCredit");
    }

    public static RefusalResult WouldGoNegative(Adjusted.Short tooLittle) => WalletRefusals.WouldGoNegative.ToProblem(
        $"The wallet has {tooLittle.Available} available, {tooLittle.Shortfall} too little. Deduct at most what is available: "
        + "allowNegative changes nothing here, because only a payment that is taken back can leave a debt.",
        new { available = tooLittle.Available, shortfall = tooLittle.Shortfall });

    private static Task<IResult> Add(Guid userId, AddCreditRequest request, HttpContext http, CurrentUser by, Adjusting adjusting,
        CancellationToken ct) =>
        AdjustAsync(Adjustment.Of(
            adjusting.IdOf(http), userId, AdjustmentType.Add, request.Amount, request.Reason, request.Description), http, by, adjusting,
            ct);

    private static Task<IResult> Deduct(Guid userId, DeductCreditRequest request, HttpContext http, CurrentUser by, Adjusting adjusting,
        CancellationToken ct) =>
        AdjustAsync(Adjustment.Of(
            adjusting.IdOf(http), userId, AdjustmentType.Deduct, request.Amount, request.Reason, request.Description), http, by, adjusting,
            ct);

    private static async Task<IResult> AdjustAsync(Adjustment wish, HttpContext http, CurrentUser by, Adjusting adjusting,
        CancellationToken ct)
    {
        // What an earlier run has begun to post is posted, whatever the limit says by now.
        if (http.EarlierEffect() is null && adjusting.NeedsSecondAdministrator(wish.Amount))
            return await AskSecondAdministratorAsync(wish, by, adjusting, ct);

        await adjusting.CommitIdAsync(http, wish.Id);
        return await adjusting.Adjustments.PostAsync(wish, by, ct) switch
        {
            Adjusted.Posted(var line, var owner) => Done(wish, line, owner),
            Adjusted.Earlier(var owner) => Done(wish, await adjusting.EarlierAsync(wish, ct), owner),
            Adjusted.Short tooLittle => WouldGoNegative(tooLittle),
            _ => NoOwner(wish.UserId),
        };
    }

    private static async Task<IResult> AskSecondAdministratorAsync(Adjustment wish, CurrentUser by, Adjusting adjusting,
        CancellationToken ct)
    {
        if (!await adjusting.Db.Users.AnyAsync(u => u.Id == wish.UserId, ct))
            return NoOwner(wish.UserId);
        var approval = AdjustmentApproval.RequestIn(adjusting.Db, wish, by, adjusting.Now);
        await adjusting.Db.SaveChangesAsync(ct);
        return Answer.Accepted(new ApprovalAnswer(ApprovalView.Of(approval)), "A second administrator has to approve this.");
    }

    private static RefusalResult NoOwner(Guid user) =>
        WalletRefusals.UserNotFound.ToProblem($"No user has the id {user}. Look the user up in the list of wallets.");

    private static Answer<AdjustmentAnswer> Done(Adjustment wish, WalletTransaction line, WalletOwner owner) =>
        Answer.Ok(new AdjustmentAnswer(
            AdjustmentAnswer.Moved.Of(line),
            new(owner.Id, owner.Email, owner.Name, line.BalanceBefore, line.BalanceAfter,
                wish.Adds ? owner.TopUp : null, wish.Adds ? null : owner.Spent)));
}
