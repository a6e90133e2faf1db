using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Cards;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Core;

/// <summary>POST /v2/charge and the card calls around it.</summary>
internal sealed class ChargeCall(
    Gateway gateway, Charging charging, Lifecycle lifecycle, CardTokens tokens, TransactionBodies bodies, CoreReplies replies,
    SimulatorOptions options)
{
    public JsonReply Charge(CoreCall call)
    {
        if (call.Body is null)
        {
            return replies.Internal();
        }

        if (call.Body is not JsonObject body)
        {
            return replies.Malformed();
        }

        var problems = new List<string>();
        ChargeBody.CheckMethodObject(body, problems);
        var details = OrderDetails.Read(body, problems);
        var expiresAt = ChargeBody.ExpiresAt(body, gateway.Now(), problems);
        if (problems.Count == 0)
        {
            MethodRules.Check(ChargeBody.Method(body)!, details!, ChargeBody.Wishes(body), expiresAt, gateway.Now(), problems);
        }

        return problems.Count > 0
            ? replies.Invalid(problems)
            : gateway.Change(state => Charge(state, call, body, details!, expiresAt));
    }

    /// <summary>The browser's call: it is the client key that authenticates it.</summary>
    public JsonReply Token(IQueryCollection query)
    {
        if (query["client_key"].ToString() != options.ClientKey || options.ClientKey.Length == 0)
        {
            return replies.WrongKey();
        }

        var number = query["card_number"].ToString();
        var cvv = query["card_cvv"].ToString();
        var problems = new List<string>();
        if (!SandboxCards.IsCardNumber(number))
        {
            problems.Add("card_number is not a card number");
        }

        if (!int.TryParse(query["card_exp_month"], out var month) || month is < 1 or > 12
            || !int.TryParse(query["card_exp_year"], out var year) || year < Wib.Day(gateway.Now()).Year)
        {
            problems.Add("card_exp_month or card_exp_year is missing or past");
        }

        if (cvv.Length is < 3 or > 4 || !cvv.All(char.IsAsciiDigit))
        {
            problems.Add("card_cvv must be 3 or 4 digits");
        }

        return problems.Count > 0 ? replies.Invalid(problems) : CoreReplies.Ok(new JsonObject
        {
            ["status_code"] = "200",
            ["status_message"] = "Credit card token is created as Token ID.",
            ["token_id"] = tokens.Issue(number, cvv),
            ["hash"] = $"{number[..6]}-{number[^4..]}-sim",
        });
    }

    /// <summary>POST /v2/capture: takes the money of an authorisation, all of it or less.</summary>
    public JsonReply Capture(CoreCall call)
    {
        if (call.Body is not JsonObject body || body.Text("transaction_id") is not { } id)
        {
            return replies.Invalid(["transaction_id is required"]);
        }

        return gateway.Change(state =>
        {
            if (!state.Transactions.TryGetValue(id, out var transaction))
            {
                return replies.NotFound();
            }

            var amount = body.Has("gross_amount") ? body.Whole("gross_amount") : transaction.GrossAmount;
            if (amount is not { } rupiah || rupiah <= 0 || rupiah > transaction.GrossAmount)
            {
                return replies.Invalid(["gross_amount must be a whole number up to the authorised amount"]);
            }

            if (transaction.Status != TransactionStatus.Authorize)
            {
                return replies.IllegalChange();
            }

            transaction.GrossAmount = rupiah;
            lifecycle.Move(state, transaction, TransactionStatus.Capture, "accept");
            return CoreReplies.Ok(bodies.Status(transaction, "Success, Credit Card capture transaction is successful"));
        });
    }

    private JsonReply Charge(GatewayState state, CoreCall call, JsonObject body, OrderDetails details, DateTimeOffset? expiresAt)
    {
        if (state.Orders.TryGetValue(details.OrderId, out var order) && order.Transactions.Count > 0)
        {
            return replies.DuplicateOrder();
        }

        var method = ChargeBody.Method(body)!;
        var wishes = ChargeBody.Wishes(body);
        CardUse? card = null;
        if (method.IsCard)
        {
            if (wishes.Text("token_id") is not { } token || tokens.Redeem(token) is not { } tokenized)
            {
                return replies.BadToken();
            }

            card = new CardUse(
                tokenized.MaskedCard, "credit", tokenized.Outcome, wishes.Flag("authentication"), wishes.Text("type") == "authorize");
        }

        var transaction = charging.Start(state, new NewPayment
        {
            OrderId = details.OrderId,
            GrossAmount = details.GrossAmount,
            Method = method,
            Wishes = wishes,
            ExpiresAt = expiresAt,
            Card = card,
            CardBank = wishes.Text("bank"),
            Echo = details.Echo,
            OverrideUrls = RequestBody.NotificationUrls(call.Request, "X-Override-Notification"),
            AppendUrls = RequestBody.NotificationUrls(call.Request, "X-Append-Notification"),
            BaseUrl = RequestBody.BaseUrl(call.Request, options),
        });
        return CoreReplies.Ok(bodies.Charge(transaction));
    }
}
