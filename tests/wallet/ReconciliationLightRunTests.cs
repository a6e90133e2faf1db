using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>By itself on its service: a run of another kind that is still to be repeated would look at the orders that this one leaves
/// alone.</summary>
public sealed class ReconciliationLightRunTests(WalletHost wallet) : Reconciling(wallet), IClassFixture<WalletHost>
{
    [Fact]
    public async Task The_hours_light_run_clears_what_was_credited_and_leaves_the_rest_alone()
    {
        var (paid, lost) = (await Wallet.TopUpAsync(User, 50_000), await Wallet.OpenTopUpAsync(User, 20_000));
        var nextHour = new DateTimeOffset(Wallet.Clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero)
            .AddHours(Wallet.Clock.GetUtcNow().Hour + 1);

        Wallet.Clock.Advance(nextHour.AddMinutes(20) - Wallet.Clock.GetUtcNow());

        await Eventually.SeesAsync(() => ClearingAsync(paid), clearing => clearing == 0);
        (await Wallet.Database.QueryAsync<long>($"SELECT count(*) FROM wallet.reconciled_orders WHERE order_id = '{lost}'")).ShouldBe(0);
    }
}
