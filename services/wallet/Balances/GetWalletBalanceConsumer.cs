using MassTransit;
using Platform.Contracts;

namespace Platform.Wallets;

internal sealed class GetWalletBalanceConsumer(WalletDbContext db) : IConsumer<GetWalletBalance>
{
    public async Task Consume(ConsumeContext<GetWalletBalance> context)
    {
        var balances = await db.BalancesOfAsync(context.Message.UserId, context.CancellationToken);
        await context.RespondAsync(new WalletBalance(context.Message.UserId, balances.Available, balances.Held));
    }
}
