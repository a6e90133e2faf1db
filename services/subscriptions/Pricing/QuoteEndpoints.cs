using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Pricing;

/// <param name="Action">create or upgrade.</param>
/// <param name="Coupon">With create only: an upgrade goes by list prices.</param>
public sealed record QuoteRequest(
    string Action, Guid? PlanId = null, Guid? SubscriptionId = null, [property: CouponCode] string? Coupon = null);

/// <param name="Restart">The application is stopped for a moment.</param>
/// <param name="Disk">The volume changes its size.</param>
internal sealed record QuoteEffects(bool Restart, bool Disk);

/// <param name="BalanceAfter">What could still be spent afterwards; negative is what lacks; null while the wallet does not answer.</param>
internal sealed record QuoteView(
    Guid QuoteId, string Action, IReadOnlyList<QuoteLine> Lines, IReadOnlyDictionary<string, long> Inputs, Money Total, long? BalanceAfter,
    DateTimeOffset ExpiresAt, QuoteEffects Effects);

internal static class QuoteEndpoints
{
    public static void MapQuotes(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/subscriptions/quote", Make).WithTags("Quotes").WithName("MakeQuote");

    private static async Task<IResult> Make(QuoteRequest request, CurrentUser user, SubscriptionsDbContext db, Eligibility eligibility,
        CouponInquiry coupons, IRequestClient<GetWalletBalance> wallet, IOptions<LifecycleOptions> options, TimeProvider clock,
        ILogger<Quote> log, CancellationToken ct)
    {
        if (request.PlanId is not { } planId)
            return SubscriptionsRefusals.PlanNotFound.ToProblem("planId is missing; name the plan that is wanted.");
        var (asked, no) = request.Action switch
        {
            "create" => await OfPurchaseAsync(user.Id, planId, request.Coupon, eligibility, coupons, ct),
            "upgrade" => await OfUpgradeAsync(user.Id, planId, request, db, eligibility, ct),
            _ => (null, SubscriptionsRefusals.ActionNotOffered.ToProblem("action must be create or upgrade.")),
        };
        if (asked is null)
            return no!;

        var (now, price) = (clock.GetUtcNow(), asked.Price);
        var latest = now + options.Value.QuoteFor;
        var quote = new Quote
        {
            Id = Guid.CreateVersion7(now), UserId = user.Id, Action = asked.Action, PlanId = planId,
            SubscriptionId = asked.Action is QuoteAction.Upgrade ? request.SubscriptionId : null,
            Total = price.Total, CouponCode = asked.Discount?.Code, Discount = asked.Discount?.Amount,
            CreatedAt = now, ExpiresAt = price.ConstantUntil < latest ? price.ConstantUntil : latest,
        };
        db.Add(quote);
        await db.SaveChangesAsync(ct);
        var available = await AvailableAsync(wallet, user.Id, log, ct);
        return Answer.Ok(new QuoteView(quote.Id, request.Action, price.Lines, price.Inputs, price.Total,
            available?.Rupiah - price.Total.Rupiah, quote.ExpiresAt, asked.Effects));
    }

    private static async Task<(Asked? Asked, RefusalResult? No)> OfPurchaseAsync(
        Guid user, Guid planId, string? coupon, Eligibility eligibility, CouponInquiry coupons, CancellationToken ct)
    {
        var (offer, no) = await eligibility.ToBuyAsync(user, planId, ct);
        Discount? discount = null;
        if (no is null && CouponCode.Read(coupon) is { } code)
            (discount, no) = await coupons.AskAsync(user, code, offer!, "coupon", ct);
        return no is null
            ? (new(QuoteAction.Create, Prices.OfPurchase(offer!.Plan, discount), discount, new(Restart: false, Disk: false)), null)
            : (null, no);
    }

    private static async Task<(Asked? Asked, RefusalResult? No)> OfUpgradeAsync(
        Guid user, Guid planId, QuoteRequest request, SubscriptionsDbContext db, Eligibility eligibility, CancellationToken ct)
    {
        if (request.Coupon is not null)
            return (null, CommonRefusals.Invalid.ToProblem("coupon goes with the action create only; leave it out."));
        var subscription = await db.Subscriptions.AsNoTracking()
            .SingleOrDefaultAsync(s => s.Id == request.SubscriptionId && s.UserId == user, ct);
        if (subscription is null)
            return (null, SubscriptionsRefusals.SubscriptionNotFound.ToProblem("subscriptionId must be one of your own."));
        var (cost, _, no) = await eligibility.ToUpgradeAsync(subscription, planId, ct);
        // The one volume cannot be mounted twice, so the old pod stops before the new one starts; volumes keep their size.
        return no is null ? (new(QuoteAction.Upgrade, cost!, null, new(Restart: true, Disk: false)), null) : (null, no);
    }

    // The price does not depend on the wallet: a quote is given also while it is away.
    private static async Task<Money?> AvailableAsync(IRequestClient<GetWalletBalance> wallet, Guid user, ILogger log, CancellationToken ct)
    {
        try
        {
            return (await wallet.GetResponse<WalletBalance>(new(user), ct)).Message.Available;
        }
        catch (RequestTimeoutException)
        {
            log.LogWarning("The wallet did not tell its balance in time; the quote goes out without it");
            return null;
        }
    }

    private sealed record Asked(QuoteAction Action, Price Price, Discount? Discount, QuoteEffects Effects);
}
