using MassTransit;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Welcomes those who registered for themselves. A bonus that is used up or has ended by now is no fault.</summary>
internal sealed partial class WelcomeBonusConsumer(CouponCredits credits, ILogger<WelcomeBonusConsumer> log) : IConsumer<UserRegistered>
{
    public async Task Consume(ConsumeContext<UserRegistered> context)
    {
        var user = context.Message.UserId;
        foreach (var credited in await credits.WelcomeAsync(user, context.CancellationToken))
            Welcomed(log, user, credited.Coupon.Id);
    }

    [LoggerMessage(LogLevel.Information, "User {UserId} was given the welcome bonus of coupon {CouponId}")]
    private static partial void Welcomed(ILogger log, Guid userId, Guid couponId);
}
