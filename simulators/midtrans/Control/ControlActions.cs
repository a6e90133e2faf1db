using System.Text.Json;
using Platform.Simulators.Midtrans.Core;
using Platform.Simulators.Midtrans.Faults;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Control;

internal sealed record FaultWish(string Kind, string Mode, int Count = 1);

/// <param name="Notifications">Which, in the order in which they are to arrive.</param>
/// <param name="OrderId">Or: all held ones of this order, oldest first.</param>
/// <param name="Reverse">Or newest first.</param>
internal sealed record ReleaseWish(IReadOnlyList<Guid>? Notifications = null, string? OrderId = null, bool Reverse = false);

/// <summary>The control API behind /_simulator.</summary>
internal sealed class ControlActions(
    Gateway gateway, OrderControl orders, BankControl bank, Announcer announcer, IdempotencyKeys keys, StateFile file,
    SimulatorOptions options)
{
    private static readonly Dictionary<string, FaultMode> Modes = new()
    {
        ["500"] = FaultMode.Error500,
        ["503"] = FaultMode.Error503,
        ["timeout"] = FaultMode.Timeout,
        ["hang"] = FaultMode.Hang,
        ["disconnect"] = FaultMode.Disconnect,
        ["disconnect-after-effect"] = FaultMode.DisconnectAfterEffect,
        ["hang-after-effect"] = FaultMode.HangAfterEffect,
        ["denied"] = FaultMode.Denied,
        ["insufficient-balance"] = FaultMode.InsufficientBalance,
    };

    public IResult Orders() => Results.Ok(gateway.Read(state =>
        state.Orders.Values.Select(order => ControlViews.Of(order, gateway.Now())).ToList()));

    public IResult Order(string orderId) => gateway.Read(state => state.Orders.TryGetValue(orderId, out var order)
        ? Results.Ok(ControlViews.Of(order, gateway.Now()))
        : Refuse(404, "There is no such order."));

    public IResult Transactions() => Results.Ok(gateway.Read(state => state.Transactions.Values.Select(ControlViews.Of).ToList()));

    public IResult Notifications(string? orderId) => Results.Ok(gateway.Read(state => state.Notifications
        .Where(each => orderId is null || each.OrderId == orderId).Select(ControlViews.Of).ToList()));

    public IResult Truth(string? orderId) => Results.Ok(gateway.Read(state => Control.Truth.Of(state, orderId)));

    public async Task<IResult> ActAsync(HttpContext context, string orderId, string action)
    {
        var ct = context.RequestAborted;
        if (await RequestBody.ReadTextAsync(context.Request, ct) is not { } text || Parse(text) is not { } wish)
        {
            return Refuse(400, "The body is not a JSON object with the fields of a control call.");
        }

        var baseUrl = RequestBody.BaseUrl(context.Request, options);
        var result = gateway.Change(state =>
        {
            if (!state.Orders.TryGetValue(orderId, out var order))
            {
                return Refuse(404, "There is no such order.");
            }

            var refusal = action switch
            {
                "choose" => orders.Choose(state, order, wish, baseUrl),
                "pay" => orders.Pay(state, order, wish, baseUrl),
                "deny" => orders.Deny(state, order, wish, baseUrl),
                "expire" => orders.Expire(state, order, wish),
                "cancel" => orders.Cancel(state, order, wish),
                "fail" => orders.Fail(state, order, wish, baseUrl),
                "approve" => bank.Approve(state, order, wish),
                "capture" => bank.Capture(state, order, wish),
                "settle" => bank.Settle(state, order, wish),
                "reverse" => bank.Reverse(state, order, wish),
                "refund" => bank.Refund(state, order, wish),
                "confirm-refund" => bank.ConfirmRefund(state, order, wish),
                "chargeback" => bank.Chargeback(state, order, wish),
                "challenge" => orders.Challenge(state, order, wish, baseUrl),
                _ => new ControlRefusal(404, "There is no such action."),
            };
            return refusal is null ? Results.Ok(ControlViews.Of(order, gateway.Now())) : Refuse(refusal.Status, refusal.Reason);
        });
        await file.SaveAsync(ct);
        return result;
    }

    public IResult GetModes(string? orderId) => Results.Ok(gateway.Read(state =>
        (orderId is null ? state.GlobalModes : state.OrderModes.GetValueOrDefault(orderId)) ?? new DeliveryModes()));

    public async Task<IResult> SetModesAsync(DeliveryModes? modes, string? orderId, CancellationToken ct)
    {
        if (modes is { Duplicate: < 0 or > 1000 } or { DelayMs: < 0 })
        {
            return Refuse(400, "duplicate must be 0 to 1000, delayMs must not be negative.");
        }

        gateway.Change(state =>
        {
            if (orderId is null)
            {
                state.GlobalModes = modes;
            }
            else if (modes is null)
            {
                state.OrderModes.Remove(orderId);
            }
            else
            {
                state.OrderModes[orderId] = modes;
            }

            return true;
        });
        await file.SaveAsync(ct);
        return GetModes(orderId);
    }

    public IResult Release(ReleaseWish wish)
    {
        var missing = (wish.Notifications ?? []).Where(id => gateway.Read(state => !state.NotificationsById.ContainsKey(id))).ToList();
        if (missing.Count > 0)
        {
            return Refuse(404, $"There is no notification {missing[0]}.");
        }

        var released = gateway.Change(state =>
        {
            var chosen = wish.Notifications is { } ids
                ? ids.Select(id => state.NotificationsById[id])
                : state.Notifications.Where(each => wish.OrderId is null || each.OrderId == wish.OrderId);
            return announcer.Release(state, (wish.Reverse ? chosen.Reverse() : chosen).ToList());
        });
        return Results.Ok(new { released });
    }

    public IResult Resend(Guid id) => gateway.Change(state =>
    {
        if (!state.NotificationsById.TryGetValue(id, out var notification))
        {
            return Refuse(404, "There is no such notification.");
        }

        announcer.Resend(state, notification);
        return Results.Ok(ControlViews.Of(notification));
    });

    public IResult Test() => options.NotificationUrl is null
        ? Refuse(409, "Midtrans__NotificationUrl is not set: there is nowhere to send a test notification to.")
        : Results.Ok(gateway.Change(state => ControlViews.Of(announcer.AnnounceTest(state))));

    public IResult Faults() => Results.Ok(gateway.Read(state => state.Faults.Select(fault => new FaultWish(
        fault.Kind, Modes.First(each => each.Value == fault.Mode).Key, fault.Remaining)).ToList()));

    public IResult AddFault(FaultWish wish)
    {
        if (!FaultDesk.Kinds.Contains(wish.Kind))
        {
            return Refuse(400, $"kind must be one of {string.Join(", ", FaultDesk.Kinds)}.");
        }

        if (!Modes.TryGetValue(wish.Mode, out var mode)
            || (mode is FaultMode.Denied or FaultMode.InsufficientBalance && wish.Kind != "refund"))
        {
            return Refuse(
                400, $"mode must be one of {string.Join(", ", Modes.Keys)}; denied and insufficient-balance are for refund only.");
        }

        if (wish.Count is < 1 or > 1_000_000)
        {
            return Refuse(400, "count must be 1 to 1000000.");
        }

        gateway.Change(state =>
        {
            state.Faults.Add(new GatewayFault { Kind = wish.Kind, Mode = mode, Remaining = wish.Count });
            return true;
        });
        return Faults();
    }

    public IResult ClearFaults()
    {
        gateway.Change(state =>
        {
            state.Faults.Clear();
            return true;
        });
        return Results.NoContent();
    }

    public async Task<IResult> ResetAsync(CancellationToken ct)
    {
        gateway.Reset();
        keys.Clear();
        await file.SaveAsync(ct);
        return Results.NoContent();
    }

    private static IResult Refuse(int status, string reason) => Results.Problem(reason, statusCode: status);

    private static ControlWish? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new ControlWish();
        }

        try
        {
            return JsonSerializer.Deserialize<ControlWish>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
