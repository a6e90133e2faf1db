using System.Net;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;

namespace Platform.Wallets.Tests;

/// <summary>What the gateway takes back: once each, however it says so and however often.</summary>
public sealed class ReversalTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Theory]
    [InlineData("deny", "accept", "DENY")]
    [InlineData("cancel", "accept", "CANCEL")]
    [InlineData("settlement", "deny", "DENY")]
    [InlineData("refund", "accept", "REFUND")]
    [InlineData("chargeback", "accept", "CHARGEBACK")]
    public async Task Fifty_identical_words_at_once_that_a_payment_went_back_take_it_back_once(string status, string fraud, string kind)
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, status, fraud: fraud)).ToJsonString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => wallet.NotifyAsync(notification)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        (await ReversalsAsync(order)).ShouldBe([(kind, 50_000, null)]);
        var line = await wallet.LineAsync(user, order);
        ((string?)line["status"], (long)line["amount"]!).ShouldBe(("REFUNDED", 50_000));
        var heard = await wallet.Bus.HearsAsync<PaymentReversed>(m => m.OrderId == order);
        heard.ShouldBe(new(user, order, Money.Idr(50_000), Money.Zero, heard.ReversedAt));
        wallet.Bus.All<PaymentReversed>().Count(m => m.OrderId == order).ShouldBe(1);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task The_owner_sees_a_line_of_its_own_that_names_the_top_up_and_the_true_balances()
    {
        await wallet.TopUpAsync(user, 20_000);
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 15_000, [(1, 15_000)]));

        var number = (string)(await wallet.LineAsync(user, order))["customId"]!;
        var refund = await wallet.InScopeAsync(db => db.Transactions.SingleAsync(t => t.Refunds == order));
        (refund.Type, refund.Status, refund.Amount.Rupiah, refund.BalanceBefore, refund.BalanceAfter)
            .ShouldBe((TransactionType.Refund, TransactionStatus.Completed, 15_000, 70_000, 55_000));
        refund.Description.ShouldBe($"Top-up {number} was refunded by the payment gateway");
        var topUp = await wallet.InScopeAsync(db => db.Transactions.SingleAsync(t => t.Id == order));
        (topUp.Status, topUp.Refunded.Rupiah).ShouldBe((TransactionStatus.Completed, 15_000));
        ((long)(await wallet.WalletOfAsync(user))["totalTopUp"]!).ShouldBe(55_000);
        var proof = await wallet.InScopeAsync(db => db.TopUpReversals.Where(r => r.OrderId == order)
            .Join(db.GatewayEvents, r => r.GatewayEventId, e => e.Id, (r, e) => e).SingleAsync());
        (proof.Source, proof.Status).ShouldBe((GatewayEventSource.StatusQuery, "partial_refund"));
    }

    [Fact]
    public async Task Each_of_three_partial_refunds_is_one_movement_and_its_confirmation_by_the_bank_is_none()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        (long, long)[] refunds = [(11, 10_000), (12, 15_000), (13, 25_000)];

        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 10_000, refunds[..1]));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 10_000, refunds[..1]));
        (await wallet.StatusOfAsync(user, order)).ShouldBe("COMPLETED");
        // One notification got lost: two more are found at once.
        var last = wallet.Midtrans.TookBack(order, 50_000, "refund", 50_000, refunds);
        await wallet.ShouldTakeAsync(last);
        await wallet.ShouldTakeAsync(last);

        (await ReversalsAsync(order)).ShouldBe([("REFUND", 10_000, 11), ("REFUND", 15_000, 12), ("REFUND", 25_000, 13)]);
        (await wallet.StatusOfAsync(user, order)).ShouldBe("REFUNDED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        (await KeysAsync(order)).ShouldBe(
            [$"topup:{order}", $"reversal:{order}:refund-11", $"reversal:{order}:refund-12", $"reversal:{order}:refund-13"],
            ignoreOrder: true);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_sum_without_its_refunds_is_taken_back_by_the_difference_and_names_that_come_later_double_nothing()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 10_000));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 10_000, [(21, 10_000)]));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 15_000, [(21, 10_000), (22, 5_000)]));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 22_000, [(23, 7_000)]));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "chargeback", null));

        (await ReversalsAsync(order)).ShouldBe(
            [("REFUND", 10_000, null), ("REFUND", 5_000, null), ("REFUND", 7_000, 23), ("CHARGEBACK", 28_000, null)]);
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
    }

    [Theory]
    [InlineData("partial_refund", null)]
    [InlineData("partial_chargeback", null)]
    [InlineData("partial_refund", 0L)]
    [InlineData("refund", 50_001L)]
    public async Task A_word_that_does_not_say_how_much_moves_nothing_and_waits_for_a_person_or_a_better_word(string status, long? taken)
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, status, taken));
        (await wallet.EventStatesAsync(order)).Count(s => s == GatewayEventState.ReversalUnposted)
            .ShouldBe(2, "the notification and the status query");
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));

        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, status, 20_000));
        (await wallet.BalanceOfAsync(user)).ShouldBe((30_000, 0));
    }

    [Fact]
    public async Task A_sum_that_falls_is_not_given_back_by_itself_but_put_before_a_person()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 20_000));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "partial_refund", 10_000));

        (await wallet.BalanceOfAsync(user)).ShouldBe((30_000, 0));
        (await wallet.EventStatesAsync(order)).ShouldContain(GatewayEventState.ReversalUnposted);
    }

    [Theory]
    [InlineData("refund", null, 0)]
    [InlineData("chargeback", null, 0)]
    [InlineData("partial_refund", 20_000L, 30_000)]
    [InlineData("partial_chargeback", 1L, 49_999)]
    public async Task What_was_paid_and_went_back_before_we_heard_of_either_is_credited_and_taken_back_at_once(
        string status, long? taken, long left)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, status, taken));

        (await wallet.BalanceOfAsync(user)).ShouldBe((left, 0));
        (await wallet.StatusOfAsync(user, order)).ShouldBe(left == 0 ? "REFUNDED" : "COMPLETED");
        (await KeysAsync(order)).Count.ShouldBe(2);
        await wallet.Bus.HearsAsync<PaymentSettled>(m => m.OrderId == order);
        (await wallet.Bus.HearsAsync<PaymentReversed>(m => m.OrderId == order)).Amount.ShouldBe(Money.Idr(50_000 - left));
        // The settlement itself, late and out of order, adds nothing.
        var late = wallet.Midtrans.Notification($"tx-{order:N}");
        late["transaction_status"] = "settlement";
        (await wallet.NotifyAsync(late)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((left, 0));
    }

    [Theory]
    [InlineData("deny")]
    [InlineData("cancel")]
    [InlineData("expire")]
    public async Task A_payment_that_only_failed_was_never_paid_and_credits_nothing(string status)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, status));
        (await KeysAsync(order)).ShouldBeEmpty();
        (await ReversalsAsync(order)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_captured_card_is_credited_and_taken_back_when_it_is_cancelled_before_it_settles()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000, "CREDIT_CARD");
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "capture"));
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "cancel"));
        (await ReversalsAsync(order)).ShouldBe([("CANCEL", 50_000, null)]);
    }

    [Fact]
    public async Task A_refund_that_was_only_claimed_takes_nothing_and_the_gateway_is_asked_to_say_it_again()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification($"tx-{order:N}");
        notification["transaction_status"] = "refund";

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(notification), HttpStatusCode.ServiceUnavailable, "NOT_CONFIRMED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task After_all_of_a_payment_went_back_another_payment_of_the_same_order_is_credited_as_one_of_its_own()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "deny"));
        var second = wallet.Midtrans.Is(order, 50_000, "settlement", "second-payment");
        await wallet.ShouldTakeAsync(second);
        await wallet.ShouldTakeAsync(second);
        // Old words about the first payment, and a further payment while the second one stands.
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "deny"));
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "settlement", "third-payment"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await wallet.EventStatesAsync(order)).ShouldContain(GatewayEventState.ExtraPayment);

        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "refund", 50_000, [(31, 50_000)], "second-payment"));
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "settlement", "third-payment"));

        (await KeysAsync(order)).ShouldBe(
        [
            $"topup:{order}", $"reversal:{order}:deny", $"topup:{order}:2", $"reversal:{order}:2:refund-31", $"topup:{order}:3",
        ], ignoreOrder: true);
        var lines = await wallet.InScopeAsync(db => db.Transactions.Where(t => t.UserId == user && t.Type == TransactionType.TopUp)
            .OrderBy(t => t.Number).Select(t => t.Status).ToListAsync());
        lines.ShouldBe([TransactionStatus.Refunded, TransactionStatus.Refunded, TransactionStatus.Completed]);
        (await StepsAsync(order)).ShouldBe(
            ["0 OPENING", "0 OPEN", "1 SETTLED", "1 REVERSED", "2 SETTLED", "2 REVERSED", "3 SETTLED"]);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task An_extra_payment_that_went_back_by_itself_changes_nothing()
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "settlement", "extra"));
        await wallet.ShouldTakeAsync(wallet.Midtrans.TookBack(order, 50_000, "refund", 50_000, null, "extra"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
        (await ReversalsAsync(order)).ShouldBeEmpty();
        (await wallet.EventStatesAsync(order)).ShouldContain(GatewayEventState.Stale);
    }

    [Theory]
    [InlineData("stage = 'OPEN'", "top_ups_rank_never_falls")]
    [InlineData("stage = 'CLOSED'", "top_ups_rank_never_falls")]
    [InlineData("payments = payments + 1", "top_ups_rank_never_falls")]
    [InlineData("settled_by = 'another'", "top_ups_rank_never_falls")]
    [InlineData("amount = amount + 1", "top_ups_terms_stay")]
    [InlineData("user_id = gen_random_uuid()", "top_ups_terms_stay")]
    [InlineData("method = CASE method WHEN 'QRIS' THEN 'E_WALLET' ELSE 'QRIS' END", "top_ups_terms_stay")]
    public async Task The_store_itself_lets_no_top_up_go_back_or_change_its_terms(string change, string constraint)
    {
        var order = await wallet.TopUpAsync(user, 50_000);
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(
            $"UPDATE wallet.top_ups SET {change} WHERE order_id = '{order}'"))).ConstraintName.ShouldBe(constraint);
    }

    [Theory]
    [InlineData("DELETE FROM wallet.top_ups")]
    [InlineData("DELETE FROM wallet.top_up_history")]
    [InlineData("UPDATE wallet.top_up_history SET stage = 'OPEN'")]
    [InlineData("UPDATE wallet.top_up_reversals SET amount = 1")]
    [InlineData("DELETE FROM wallet.top_up_reversals")]
    public async Task What_happened_to_top_ups_stays(string sql) =>
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(sql))).ConstraintName.ShouldBe("top_ups_stay");

    private Task<List<(string Kind, long Amount, long? Refund)>> ReversalsAsync(Guid order) => wallet.InScopeAsync(async db =>
        (await db.TopUpReversals.Where(r => r.OrderId == order)
            .Join(db.Transactions, r => r.LineId, t => t.Id, (r, t) => new { r, t.Number }).OrderBy(x => x.Number)
            .Select(x => x.r).ToListAsync())
            .Select(r => (Hosting.WireEnum.Text(r.Kind), r.Amount.Rupiah, r.GatewayRefundId)).ToList());

    private Task<List<string>> KeysAsync(Guid order) => wallet.InScopeAsync(db =>
        db.LedgerTransactions.Where(t => t.Cause == order).Select(t => t.BusinessKey).ToListAsync());

    private Task<List<string>> StepsAsync(Guid order) => wallet.InScopeAsync(async db =>
        (await db.Set<TopUpStep>().Where(s => s.OrderId == order).OrderBy(s => s.Number).ToListAsync())
            .Select(s => $"{s.Payment} {Hosting.WireEnum.Text(s.Stage)}").ToList());
}
