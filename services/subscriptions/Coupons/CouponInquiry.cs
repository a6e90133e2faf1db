using MassTransit;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Life;

namespace Platform.Subscriptions.Coupons;

/// <summary>
/// Asks wallet what a coupon would take off, and keeps nothing. A total with a coupon binds, so there is no answer without the wallet.
/// </summary>
internal sealed partial class CouponInquiry(IRequestClient<GetCouponWorth> wallet, ILogger<CouponInquiry> log)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <param name="field">The field of the request that named the coupon.</param>
    public async Task<(Discount? Discount, RefusalResult? No)> AskAsync(
        Guid user, string code, Offer offer, string field, CancellationToken ct)
    {
        try
        {
            var plan = offer.Plan;
            var worth = (await wallet.GetResponse<CouponWorth>(
                new(user, code, offer.Service.Id, WireEnum.Text(plan.Tier), plan.MonthlyPrice), ct)).Message;
            return worth.Refusal is { } reason
                ? (null, CouponRefusals.Of(reason).ToProblem(CouponRefusals.Remedy(reason, field)))
                : (new(code, worth.Discount), null);
        }
        catch (Exception e) when (e is RequestTimeoutException or RequestFaultException)
        {
            NoAnswer(log, e.GetType().Name);
            return (null, CommonRefusals.Unavailable.ToProblem(
                $"The wallet did not tell what the coupon takes off. Ask again in a moment, or leave {field} out.", retryAfter: Soon));
        }
    }

    // The exception's own text is left out: it may quote the question.
    [LoggerMessage(LogLevel.Warning, "The wallet did not tell what a coupon is worth ({Reason}); no quote is given")]
    private static partial void NoAnswer(ILogger log, string reason);
}
