using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets.Tests;

public sealed class NotificationTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task Fifty_identical_settlements_at_once_are_credited_once_and_all_answered_200()
    {
        var order = await wallet.OpenTopUpAsync(user, 150_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 150_000, "settlement")).ToJsonString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => wallet.NotifyAsync(notification)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await wallet.BalanceOfAsync(user)).ShouldBe((150_000, 0));
        (await wallet.StatusOfAsync(user, order)).ShouldBe("COMPLETED");
        var settled = await wallet.Bus.HearsAsync<PaymentSettled>(m => m.OrderId == order);
        settled.ShouldBe(new(user, order, Money.Idr(150_000), settled.SettledAt));
        wallet.Bus.All<PaymentSettled>().Count(m => m.OrderId == order).ShouldBe(1);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_credit_shows_the_true_balance_before_and_after_and_points_to_the_status_query_that_proved_it()
    {
        await wallet.TopUpAsync(user, 20_000);
        var order = await wallet.TopUpAsync(user, 35_000);

        var line = await wallet.LineAsync(user, order);
        ((long)line["balanceBefore"]!, (long)line["balanceAfter"]!).ShouldBe((20_000, 55_000));
        line["completedAt"].ShouldNotBeNull();
        var proof = await wallet.InScopeAsync(db => db.TopUps.Where(t => t.OrderId == order)
            .Join(db.GatewayEvents, t => t.SettledByEvent, e => e.Id, (t, e) => e).SingleAsync());
        (proof.Source, proof.OrderId, proof.Status).ShouldBe((GatewayEventSource.StatusQuery, order.ToString(), "settlement"));
    }

    [Theory]
    [InlineData("no signature")]
    [InlineData("wrong signature")]
    [InlineData("upper-case signature")]
    [InlineData("truncated signature")]
    [InlineData("empty server key")]
    [InlineData("signature of another order")]
    [InlineData("another amount than signed")]
    public async Task A_notification_that_is_not_signed_is_refused_and_leaves_no_trace_in_the_order(string forgery)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var transaction = wallet.Midtrans.Is(order, 50_000, "settlement");
        var before = await wallet.LineAsync(user, order);

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(Forge(forgery, transaction)),
            forgery == "no signature" ? HttpStatusCode.BadRequest : HttpStatusCode.Unauthorized,
            forgery == "no signature" ? "MALFORMED_NOTIFICATION" : "BAD_SIGNATURE");

        JsonNode.DeepEquals(await wallet.LineAsync(user, order), before).ShouldBeTrue();
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        (await wallet.EventStatesAsync(order)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gross_amount", "49999.00")]
    [InlineData("gross_amount", "54500.00")]
    [InlineData("gross_amount", "50000.50")]
    [InlineData("gross_amount", "5e4")]
    [InlineData("currency", "USD")]
    [InlineData("merchant_id", "G999999999")]
    [InlineData("order_id", "0192f0c1-0000-7000-8000-000000000000")]
    public async Task A_payment_that_is_not_the_order_s_is_quarantined_and_credits_nothing(string member, string value)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement"));
        wallet.Midtrans.Is(order, 50_000, "settlement", but: body => body[member] = value);
        var before = await wallet.LineAsync(user, order);

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(notification), HttpStatusCode.UnprocessableEntity, "AMOUNT_MISMATCH");

        JsonNode.DeepEquals(await wallet.LineAsync(user, order), before).ShouldBeTrue();
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        (await wallet.EventStatesAsync(order)).ShouldContain(GatewayEventState.Quarantined);
    }

    [Fact]
    public async Task An_amount_without_its_two_decimals_is_the_same_amount()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        await wallet.ShouldTakeAsync(wallet.Midtrans.Is(order, 50_000, "settlement", but: body => body["gross_amount"] = "50000"));
        (await wallet.BalanceOfAsync(user)).ShouldBe((50_000, 0));
    }

    [Fact]
    public async Task A_signed_amount_that_is_not_the_order_s_is_a_mismatch()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var transaction = wallet.Midtrans.Is(order, 10_000, "settlement");

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(wallet.Midtrans.Notification(transaction)),
            HttpStatusCode.UnprocessableEntity, "AMOUNT_MISMATCH");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_paid_transaction_of_another_order_does_not_pay_this_one()
    {
        var mine = await wallet.OpenTopUpAsync(user, 50_000, "QRIS");
        var other = await wallet.OpenTopUpAsync(Guid.CreateVersion7(), 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(mine, 50_000, "pending"));
        notification["transaction_id"] = wallet.Midtrans.Is(other, 50_000, "settlement");
        notification["transaction_status"] = "settlement";

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(notification), HttpStatusCode.UnprocessableEntity, "AMOUNT_MISMATCH");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_state_that_was_edited_after_signing_is_not_believed()
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "pending"));
        notification["transaction_status"] = "settlement";

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(notification), HttpStatusCode.ServiceUnavailable, "NOT_CONFIRMED");
        (await wallet.BalanceOfAsync(user)).ShouldBe((0, 0));
        (await wallet.StatusOfAsync(user, order)).ShouldBe("PENDING");
    }

    [Fact]
    public async Task An_unknown_order_is_404_and_a_test_notification_is_200()
    {
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(Guid.CreateVersion7(), 50_000, "settlement"));
        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(notification), HttpStatusCode.NotFound, "UNKNOWN_ORDER");

        notification["order_id"] = $"payment_notif_test_{FakeMidtrans.MerchantId}_{Guid.CreateVersion7()}";
        (await wallet.NotifyAsync(FakeMidtrans.Sign(notification))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("../v1/x")]
    [InlineData("..")]
    [InlineData("a/../../b")]
    [InlineData("x?y")]
    [InlineData("x#y")]
    [InlineData("x\r\ny")]
    [InlineData("x%2fy")]
    [InlineData("x\u0000y")]
    [InlineData("LONG")]
    public async Task An_id_that_is_no_identifier_is_refused_before_anything_is_asked_about_it(string id)
    {
        var order = await wallet.OpenTopUpAsync(user, 50_000);
        var notification = wallet.Midtrans.Notification(wallet.Midtrans.Is(order, 50_000, "settlement"));
        notification["transaction_id"] = id == "LONG" ? new string('a', 4096) : id;
        var asked = wallet.Midtrans.Asked.Count;

        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(notification), HttpStatusCode.BadRequest, "MALFORMED_NOTIFICATION");
        wallet.Midtrans.Asked.Count.ShouldBe(asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"order_id\":")]
    [InlineData("{\"order_id\":1}")]
    [InlineData("{\"order_id\":\"\\ud800\"}")]
    [InlineData("\u0000\u0001")]
    public async Task What_is_not_a_notification_is_400(string body) =>
        await WalletHost.ShouldRefuseAsync(await wallet.NotifyAsync(body), HttpStatusCode.BadRequest, "MALFORMED_NOTIFICATION");

    [Fact]
    public void The_documented_test_vectors_of_the_signature_hold()
    {
        MidtransSignature.Of("ORDER-sandbox-0001", "200", "150000.00", "SB-Mid-server-test").ShouldBe(
            "d65b4adf15335095fe1bfafe24964d48009dcc2989393e13570b0c9852ea60df"
            + "0040b1a9646b9c9ef9433317f77acc8e387c59998dc20f5bd93fff93d23672e4");
        MidtransSignature.Of("ORDER-sandbox-0003", "202", "50000.00", "SB-Mid-server-test").ShouldBe(
            "a51d1bd2aa8b1dca9228f3827cd641b6dadf52ebb9ed40fb45db6a06dbb33de7"
            + "cde8e80caa93dfb5e6beeaaf44f698dc7f6f56edd46556eddaa2a774ff7692c6");
    }

    private JsonObject Forge(string forgery, string transaction)
    {
        var body = wallet.Midtrans.Notification(transaction);
        var signature = (string)body["signature_key"]!;
        switch (forgery)
        {
            case "no signature": body.Remove("signature_key"); break;
            case "wrong signature": body["signature_key"] = new string('0', 128); break;
            case "upper-case signature": body["signature_key"] = signature.ToUpperInvariant(); break;
            case "truncated signature": body["signature_key"] = signature[..127]; break;
            case "empty server key": FakeMidtrans.Sign(body, ""); break;
            case "signature of another order":
                body["signature_key"] = MidtransSignature.Of(Guid.CreateVersion7().ToString(), "200", "50000.00", FakeMidtrans.ServerKey);
                break;
            case "another amount than signed": body["gross_amount"] = "5000000.00"; break;
            default: throw new ArgumentOutOfRangeException(nameof(forgery), forgery, "No such forgery.");
        }

        return body;
    }
}
