using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>A payment to start, already checked.</summary>
internal sealed record NewPayment
{
    public required string OrderId { get; init; }
    public required long GrossAmount { get; init; }
    public required PaymentMethod Method { get; init; }

    /// <summary>GoPay and ShopeePay by QR code: the payment arrives as `qris`.</summary>
    public bool ByQrCode { get; init; }

    /// <summary>The method object of the request, empty when there was none.</summary>
    public JsonObject Wishes { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }
    public CardUse? Card { get; init; }
    public string? CardBank { get; init; }
    public JsonObject Echo { get; init; } = [];
    public string? SnapToken { get; init; }
    public List<string> OverrideUrls { get; init; } = [];
    public List<string> AppendUrls { get; init; } = [];

    /// <summary>Where links in the answer point to.</summary>
    public required string BaseUrl { get; init; }
}

internal sealed class Charging(Gateway gateway, Lifecycle lifecycle, Chance chance)
{
    /// <summary>Creates the transaction, tells the merchant, and lets a card without 3DS be decided at once.</summary>
    public Transaction Start(GatewayState state, NewPayment payment)
    {
        var now = gateway.Now();
        var custom = payment.Method.FollowsExpiry ? payment.ExpiresAt : null;
        var transaction = new Transaction
        {
            Id = Guid.CreateVersion7(now).ToString(),
            OrderId = payment.OrderId,
            MethodCode = payment.Method.Code,
            PaymentType = payment.ByQrCode ? "qris" : payment.Method.PaymentType,
            GrossAmount = payment.GrossAmount,
            CreatedAt = now,
            FraudStatus = payment.Method.HasFraudStatus && !payment.Method.IsCard ? "accept" : null,
            ExpiresAt = custom ?? now + payment.Method.DefaultExpiry,
            SnapToken = payment.SnapToken,
            ReturnUrl = payment.Wishes.Text("callback_url"),
            Card = payment.Card,
            Echo = payment.Echo,
            OverrideUrls = payment.OverrideUrls,
            AppendUrls = payment.AppendUrls,
        };
        ChannelFields.Write(state, transaction, payment, chance);
        state.Add(transaction);
        if (transaction.Card is { ThreeDs: false } card)
        {
            lifecycle.DecideCard(state, transaction, card.Outcome);
            if (card.Outcome == CardOutcome.AcceptedLater)
            {
                lifecycle.Begin(state, transaction);
            }
        }
        else
        {
            lifecycle.Begin(state, transaction);
        }

        return transaction;
    }
}
