using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Wallets;

/// <param name="Amount">Whole rupiah.</param>
public sealed record AddCreditRequest(
    [property: Range(typeof(long), "1000", "100000000")] long Amount, [property: AdminText(5, 200)] string Reason,
    [property: AdminText(0, 500)] string? Description = null);

/// <param name="Amount">Whole rupiah.</param>
/// <param name="AllowNegative">Older callers send it; it changes nothing, because an adjustment leads nobody below zero.</param>
public sealed record DeductCreditRequest(
    [property: Range(typeof(long), "1000", "100000000")] long Amount, [property: AdminText(5, 200)] string Reason,
    [property: AdminText(0, 500)] string? Description = null, bool AllowNegative = false);

internal sealed record AdjustmentAnswer(AdjustmentAnswer.Moved Transaction, AdjustmentAnswer.Owner User)
{
    public sealed record Moved(Guid Id, string CustomId, Money Amount, TransactionType Type, string Description);

    /// <param name="PreviousBalance">Like <paramref name="NewBalance"/> all that the user has, less what they owe.</param>
    public sealed record Owner(
        Guid Id, string Email, string Name, long PreviousBalance, long NewBalance,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? TotalTopUp,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? TotalSpent);
}

internal static class AdjustmentEndpoints
{
    public static void MapAdjustments(this IEndpointRouteBuilder wallets)
    {
        wallets.MapPost("/users/{userId:guid}/add-credit", Add).AcceptsIdempotencyKey().WithName("AddCredit");
        wallets.MapPost("/users/{userId:guid}/deduct-credit", Deduct).AcceptsIdempotencyKey().WithName("DeductCredit");
    }

    private static Task<IResult> Add(Guid userId, AddCreditRequest request, HttpContext http, CurrentUser by,
        Adjustments adjustments, FaultPoints faults, TimeProvider clock, CancellationToken ct) =>
        AdjustAsync(Adjustment.Of(IdOf(http, clock), userId, adds: true, request.Amount, request.Reason, request.Description),
            http, by, adjustments, faults, ct);

    private static Task<IResult> Deduct(Guid userId, DeductCreditRequest request, HttpContext http, CurrentUser by,
        Adjustments adjustments, FaultPoints faults, TimeProvider clock, CancellationToken ct) =>
        AdjustAsync(Adjustment.Of(IdOf(http, clock), userId, adds: false, request.Amount, request.Reason, request.Description),
            http, by, adjustments, faults, ct);

    // A repetition of a request that has died takes up the id of the first try, so whatever that try did is found again.
    private static Guid IdOf(HttpContext http, TimeProvider clock) =>
        Guid.TryParse(http.EarlierEffect(), out var earlier) ? earlier : Guid.CreateVersion7(clock.GetUtcNow());

    private static async Task<IResult> AdjustAsync(Adjustment wish, HttpContext http, CurrentUser by,
        Adjustments adjustments, FaultPoints faults, CancellationToken ct)
    {
        // The group commits on a connection of its own, so the id is made safe first: after a crash the repetition posts under it.
        await http.CommitEffectAsync(wish.Id.ToString());
        faults.Hit("adjustment.key-committed");
        return await adjustments.PostAsync(wish, by, ct) switch
        {
            Adjusted.Posted(var line, var owner) => Answer.Ok(new AdjustmentAnswer(
                new(line.Id, line.CustomId, line.Amount, line.Type, line.Description),
                new(owner.Id, owner.Email, owner.Name, line.BalanceBefore, line.BalanceAfter,
                    wish.Adds ? owner.TopUp : null, wish.Adds ? null : owner.Spent))),
            Adjusted.NoOwner =>
                WalletRefusals.UserNotFound.ToProblem($"No user has the id {wish.UserId}. Look the user up in the list of wallets."),
            Adjusted.Short tooLittle => WouldGoNegative(tooLittle),
            var other => throw new InvalidOperationException($"An adjustment ended as {other.GetType().Name}, which nobody thought of."),
        };
    }

    private static RefusalResult WouldGoNegative(Adjusted.Short tooLittle) => WalletRefusals.WouldGoNegative.ToProblem(
        $"The wallet has {tooLittle.Available} available, {tooLittle.Shortfall} too little. Deduct at most what is available: "
        + "allowNegative changes nothing here, because only a payment that is taken back can leave a debt.",
        new { available = tooLittle.Available, shortfall = tooLittle.Shortfall });
}
