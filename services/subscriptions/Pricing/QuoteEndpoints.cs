using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Pricing;

/// <param name="Action">create or upgrade.</param>
public sealed record QuoteRequest(string Action, Guid? PlanId = null, Guid? SubscriptionId = null);

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
        IRequestClient<GetWalletBalance> wallet, IOptions<LifecycleOptions> options, TimeProvider clock,
        ILogger<Quote> log, CancellationToken ct)
    {
        if (request.PlanId is not { } planId)
            return SubscriptionsRefusals.PlanNotFound.ToProblem("planId is missing; name the plan that is wanted.");
        Price price;
        QuoteAction action;
        var effects = new QuoteEffects(Restart: false, Disk: false);
        switch (request.Action)
        {
            case "create":
                var (bought, refused) = await eligibility.ToBuyAsync(user.Id, planId, ct);
                if (refused is not null)
                    return refused;
                (action, price) = (QuoteAction.Create, Prices.OfPurchase(bought!.Plan));
                break;
            case "upgrade":
                var subscription = await db.Subscriptions.AsNoTracking()
                    .SingleOrDefaultAsync(s => s.Id == request.SubscriptionId && s.UserId == user.Id, ct);
                if (subscription is null)
                    return SubscriptionsRefusals.SubscriptionNotFound.ToProblem("subscriptionId must be one of your own.");
                var (cost, _, no) = await eligibility.ToUpgradeAsync(subscription, planId, ct);
                if (no is not null)
                    return no;
                (action, price) = (QuoteAction.Upgrade, cost!);
                // The one volume cannot be mounted twice, so the old pod stops before the new one starts; volumes keep their size.
                effects = new(Restart: true, Disk: false);
                break;
            default:
                return SubscriptionsRefusals.ActionNotOffered.ToProblem("action must be create or upgrade.");
        }

        var now = clock.GetUtcNow();
        var latest = now + options.Value.QuoteFor;
        var quote = new Quote
        {
            Id = Guid.CreateVersion7(now), UserId = user.Id, Action = action, PlanId = planId,
            SubscriptionId = action is QuoteAction.Upgrade ? request.SubscriptionId : null,
            Total = price.Total, CreatedAt = now, ExpiresAt = price.ConstantUntil < latest ? price.ConstantUntil : latest,
        };
        db.Add(quote);
        await db.SaveChangesAsync(ct);
        var available = await AvailableAsync(wallet, user.Id, log, ct);
        return Answer.Ok(new QuoteView(quote.Id, request.Action, price.Lines, price.Inputs, price.Total,
            available?.Rupiah - price.Total.Rupiah, quote.ExpiresAt, effects));
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
}
