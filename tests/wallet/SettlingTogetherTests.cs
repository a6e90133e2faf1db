using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Testing;

namespace Platform.Wallets.Tests;

/// <summary>What the gateway says while one settlement is under way is applied together after it.</summary>
public sealed class SettlingTogetherTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly SettlementGroup group = wallet.Services.GetRequiredService<SettlementGroup>();

    [Fact]
    public async Task Payments_that_wait_for_each_other_are_credited_in_one_transaction_and_their_notifications_worked_off()
    {
        var orders = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => OpenAsync(10_000 + i)));

        var states = await Task.WhenAll(await WhileBusyAsync(await SaidAsync([.. orders.Select(order => (order, "settlement"))])));

        states.ShouldAllBe(state => state == GatewayEventState.Applied);
        (await CommitsAsync(orders)).ShouldBe(1);
        foreach (var order in orders)
        {
            (await wallet.BalanceOfAsync(order.User)).ShouldBe((order.Amount, 0));
            (await wallet.StatusOfAsync(order.User, order.Id)).ShouldBe("COMPLETED");
            (await wallet.EventStatesAsync(order.Id)).ShouldBe([GatewayEventState.Applied, GatewayEventState.Applied]);
        }

        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Several_words_about_one_order_are_applied_in_their_order()
    {
        var (order, other) = (await OpenAsync(50_000), await OpenAsync(20_000));

        var states = await Task.WhenAll(await WhileBusyAsync(await SaidAsync(
            [(order, "settlement"), (other, "settlement"), (order, "settlement"), (order, "deny")])));

        states.ShouldBe([GatewayEventState.Applied, GatewayEventState.Applied, GatewayEventState.Stale, GatewayEventState.Applied]);
        (await wallet.BalanceOfAsync(order.User)).ShouldBe((0, 0));
        (await wallet.StatusOfAsync(order.User, order.Id)).ShouldBe("REFUNDED");
        (await wallet.BalanceOfAsync(other.User)).ShouldBe((20_000, 0));
        (await CommitsAsync([order, other])).ShouldBe(1);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task One_that_the_store_refuses_does_not_spoil_the_others()
    {
        var orders = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => OpenAsync(30_000 + i)));
        var refused = orders[3];
        await wallet.Database.ExecuteAsync($"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON wallet.top_ups FOR EACH ROW
                WHEN (NEW.order_id = '{refused.Id}' AND NEW.stage = 'SETTLED') EXECUTE FUNCTION refuse();
            """);
        try
        {
            var applied = await WhileBusyAsync(await SaidAsync([.. orders.Select(order => (order, "settlement"))]));
            await Should.ThrowAsync<DbUpdateException>(applied[3]);
            foreach (var task in applied.Where((_, at) => at != 3))
                (await task).ShouldBe(GatewayEventState.Applied);
        }
        finally
        {
            await wallet.Database.ExecuteAsync("DROP TRIGGER refuse ON wallet.top_ups; DROP FUNCTION refuse");
        }

        foreach (var order in orders)
            (await wallet.BalanceOfAsync(order.User)).ShouldBe((order == refused ? 0 : order.Amount, 0));
        (await wallet.EventStatesAsync(refused.Id)).ShouldBe([GatewayEventState.Received]);
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(refused.Id, refused.Amount, "settlement"));
        (await wallet.BalanceOfAsync(refused.User)).ShouldBe((refused.Amount, 0));
        await wallet.BooksShouldBalanceAsync();
    }

    private async Task<Order> OpenAsync(long amount)
    {
        var user = Guid.CreateVersion7();
        return new(await wallet.OpenTopUpAsync(user, amount), user, amount);
    }

    // As the webhook does it, up to the point at which it waits for the group.
    private async Task<List<GatewayWord>> SaidAsync(List<(Order Order, string Status)> said)
    {
        List<GatewayWord> words = [];
        foreach (var (order, status) in said)
        {
            var transaction = wallet.Midtrans.Is(order.Id, order.Amount, status);
            var body = wallet.Midtrans.Notification(transaction).ToJsonString();
            var notification = GatewayEvent.Notified(GatewayTransaction.Parse(body)!, body, wallet.Clock.GetUtcNow());
            (await wallet.Services.GetRequiredService<NotificationStore>().KeepAsync(notification, CancellationToken.None))
                .ShouldNotBeNull().OrderId.ShouldBe(order.Id);
            var answer = await wallet.Services.GetRequiredService<MidtransClient>().StatusAsync(transaction, CancellationToken.None);
            words.Add(new(order.Id, answer.ShouldBeOfType<GatewayAnswer.Found>(), notification.Id));
        }

        return words;
    }

    // Until the first settlement gets its lock nothing else can begin, so all that is said meanwhile goes together.
    private async Task<List<Task<GatewayEventState>>> WhileBusyAsync(List<GatewayWord> words)
    {
        var first = await SaidAsync([(await OpenAsync(10_000), "settlement")]);
        await using var holder = new NpgsqlConnection(wallet.Database.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"SELECT 1 FROM wallet.top_ups WHERE order_id = '{first[0].OrderId}' FOR UPDATE", holder))
            await hold.ExecuteNonQueryAsync();
        var busy = group.ApplyAsync(first[0], CancellationToken.None);
        const string Waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await Eventually.SeesAsync(() => wallet.Database.QueryAsync<long>(Waiting), waiting => waiting == 1);
        var applied = words.Select(word => group.ApplyAsync(word, CancellationToken.None)).ToList();
        await transaction.CommitAsync();
        (await busy).ShouldBe(GatewayEventState.Applied);
        await Task.WhenAll(applied).ContinueWith(_ => { }, TaskScheduler.Default);
        return applied;
    }

    private Task<long> CommitsAsync(IEnumerable<Order> orders) => wallet.Database.QueryAsync<long>($"""
        SELECT count(DISTINCT xmin::text) FROM wallet.ledger_transactions
        WHERE cause IN ({string.Join(", ", orders.Select(order => $"'{order.Id}'"))})
        """);

    private sealed record Order(Guid Id, Guid User, long Amount);
}
