using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>Status and the merchant's actions on a transaction, by order id or transaction id.</summary>
internal sealed class TransactionCalls(Gateway gateway, Lifecycle lifecycle, TransactionBodies bodies, CoreReplies replies)
{
    public JsonReply Status(CoreCall call) => gateway.Read(state =>
        state.FindTransaction(call.Id) is { } transaction
            ? CoreReplies.Ok(bodies.Asked(transaction, state.ModesFor(transaction)))
            : replies.NotFound());

    /// <summary>All transactions of an order, for merchants that hold several.</summary>
    public JsonReply StatusB2b(CoreCall call) => gateway.Read(state =>
    {
        if (state.FindTransaction(call.Id) is not { } transaction)
        {
            return replies.NotFound();
        }

        var all = state.Transactions.ContainsKey(call.Id) ? [transaction] : state.Orders[call.Id].Transactions;
        return CoreReplies.Ok(new JsonObject
        {
            ["status_code"] = "200",
            ["status_message"] = "Success, transactions found",
            ["transactions"] = new JsonArray([.. all.Select(each => bodies.Status(each))]),
        });
    });

    public JsonReply Cancel(CoreCall call) => Act(
        call, "200", "Success, transaction is canceled",
        (state, transaction) => lifecycle.Move(state, transaction, TransactionStatus.Cancel));

    /// <summary>Success is 407 in the body, under HTTP 200: the official client takes an HTTP 407 for a failure.</summary>
    public JsonReply Expire(CoreCall call) => Act(
        call, "407", "Success, transaction has expired",
        (state, transaction) => lifecycle.Move(state, transaction, TransactionStatus.Expire));

    public JsonReply Approve(CoreCall call) => Act(call, "200", "Success, transaction is approved", lifecycle.Approve);

    public JsonReply Deny(CoreCall call) => Act(call, "200", "Success, transaction is denied", (state, transaction) =>
        transaction.IsChallenged && lifecycle.Move(state, transaction, TransactionStatus.Deny, "deny"));

    private JsonReply Act(CoreCall call, string code, string message, Func<GatewayState, Transaction, bool> act) => gateway.Change(state =>
    {
        if (state.FindTransaction(call.Id) is not { } transaction)
        {
            return replies.NotFound();
        }

        return act(state, transaction) ? CoreReplies.Ok(bodies.Status(transaction, message, code)) : replies.IllegalChange();
    });
}
