using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Platform.Simulators.Midtrans.Faults;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>POST /v2/{id}/refund and /refund/online/direct.</summary>
internal sealed partial class RefundCalls(Gateway gateway, Lifecycle lifecycle, TransactionBodies bodies, CoreReplies replies)
{
    public JsonReply Refund(CoreCall call) => Run(call, direct: false);

    public JsonReply RefundDirect(CoreCall call) => Run(call, direct: true);

    private JsonReply Run(CoreCall call, bool direct)
    {
        var wishes = call.Body as JsonObject ?? [];
        var problems = new List<string>();
        var key = wishes.Text("refund_key");
        if (wishes.Has("refund_key") && (key is null || !KeyShape().IsMatch(key)))
        {
            problems.Add("refund_key must be letters, digits, - and _");
        }

        if (wishes.Has("amount") && wishes.Whole("amount") is not > 0)
        {
            problems.Add("amount must be a whole number above 0");
        }

        if (wishes.Text("reason")?.Length > 255)
        {
            problems.Add("reason is too long (maximum is 255 characters)");
        }

        return problems.Count > 0
            ? replies.Invalid(problems)
            : gateway.Change(state => Give(state, call, direct, key, wishes.Whole("amount"), wishes.Text("reason")));
    }

    private JsonReply Give(GatewayState state, CoreCall call, bool direct, string? key, long? wished, string? reason)
    {
        if (state.FindTransaction(call.Id) is not { } transaction)
        {
            return replies.NotFound();
        }

        if (key is not null && transaction.Refunds.Exists(refund => refund.Key == key))
        {
            return replies.DuplicateRefund();
        }

        if (transaction.Status is not (TransactionStatus.Settlement or TransactionStatus.PartialRefund)
            || transaction.Method.Refunds == RefundRule.None)
        {
            return replies.IllegalChange();
        }

        var left = transaction.GrossAmount - transaction.RefundedAmount;
        var amount = wished ?? left;
        if (amount > left || (transaction.Method.Refunds == RefundRule.FullOnly && amount != transaction.GrossAmount))
        {
            return replies.RefundRejected();
        }

        if (gateway.Now() - transaction.SettledAt > TimeSpan.FromDays(transaction.RefundDays))
        {
            return replies.RefundTooLate();
        }

        if (call.Fault == FaultMode.InsufficientBalance)
        {
            return replies.RefundUncovered();
        }

        if (call.Fault == FaultMode.Denied || (direct && transaction.PaymentType == "shopeepay" && Wib.IsShopeeNight(gateway.Now())))
        {
            return Denied(transaction);
        }

        var refund = lifecycle.GiveBack(state, transaction, amount, key, reason, chargeback: false);
        var body = bodies.Status(transaction, "Success, refund request is approved", "200");
        body["refund_chargeback_id"] = refund.Id;
        body["refund_amount"] = Rupiah.Format(refund.Amount);
        body["refund_key"] = refund.Key;
        return CoreReplies.Ok(body);
    }

    private JsonReply Denied(Transaction transaction)
    {
        var body = bodies.Status(transaction, "Refund denied by the bank", "202");
        body["refund_amount"] = "0.00";
        return CoreReplies.Ok(body);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]+\z")]
    private static partial Regex KeyShape();
}
