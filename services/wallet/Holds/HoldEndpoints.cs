using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed record HoldView(
    Guid Id, Money Amount, string Kind, Guid SubscriptionId, string ServiceName, string PlanName, string Description,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

internal sealed record HoldsAnswer(IReadOnlyList<HoldView> Holds);

internal static class HoldEndpoints
{
    public static void MapHolds(this IEndpointRouteBuilder wallet) => wallet.MapGet("/holds", Open).WithName("ListHolds");

    private static async Task<IResult> Open(CurrentUser user, WalletDbContext db, CancellationToken ct)
    {
        var holds = await db.Holds.AsNoTracking().Where(h => h.UserId == user.Id && h.State == HoldState.Held)
            .OrderByDescending(h => h.CreatedAt).ThenByDescending(h => h.Id).ToListAsync(ct);
        return Answer.Ok(new HoldsAnswer([.. holds.Select(View)]));
    }

    private static HoldView View(Hold hold) => new(
        hold.Id, hold.Amount, hold.Item!.Kind, hold.Item.SubscriptionId, hold.Item.ServiceName, hold.Item.PlanName, hold.Item.Description,
        hold.CreatedAt, hold.ExpiresAt!.Value);
}
