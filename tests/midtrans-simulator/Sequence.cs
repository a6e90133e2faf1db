using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>One order that a test plays through the control API, and what its merchant must then have seen.</summary>
internal sealed class Sequence : IAsyncDisposable
{
    public const string OrderId = "order-1";
    private readonly HashSet<string> amounts = ["150000.00"];

    private Sequence(SimulatorHost simulator) => Simulator = simulator;

    public SimulatorHost Simulator { get; }

    /// <summary>What the merchant was told, in the order in which it arrived.</summary>
    public IReadOnlyList<JsonObject> Told => [.. Simulator.Merchant.Received.Select(each => each.Body)];

    /// <summary>A Snap order that nobody has opened yet.</summary>
    public static async Task<Sequence> OpenAsync(JsonObject? modes = null, params string[] methods)
    {
        var simulator = await SimulatorHost.StartAsync();
        if (modes is not null)
        {
            await simulator.ControlAsync(HttpMethod.Put, $"orders/{OrderId}/modes", modes);
        }

        (await simulator.OpenSnapAsync(Requests.Snap(OrderId, 150_000, methods))).HttpCode.ShouldBe(201);
        return new Sequence(simulator);
    }

    /// <summary>A Snap order for a card that is only authorised.</summary>
    public static async Task<Sequence> OpenForAuthorizationAsync()
    {
        var simulator = await SimulatorHost.StartAsync();
        var body = Requests.Snap(OrderId, 150_000, "credit_card");
        body["credit_card"] = new JsonObject { ["secure"] = false, ["type"] = "authorize" };
        (await simulator.OpenSnapAsync(body)).HttpCode.ShouldBe(201);
        return new Sequence(simulator);
    }

    public Task<Answer> PlayAsync(string action, JsonObject? wish = null) => Simulator.PlayAsync(OrderId, action, wish);

    public Task<Answer> PayAsync(string method) => PlayAsync("pay", new JsonObject { ["method"] = method });

    public async Task IsRefusedAsync(string action, JsonObject? wish = null)
    {
        var answer = await Simulator.CallAsync(HttpMethod.Post, $"/_simulator/orders/{OrderId}/{action}", wish ?? [], key: null);
        answer.HttpCode.ShouldBe(409, answer.Text);
    }

    /// <summary>Exactly these notifications, each as `transaction_status status_code`, in this order and rightly signed.</summary>
    public async Task IsToldAsync(params string[] notices)
    {
        await Simulator.MerchantIsToldAsync(OrderId, [.. notices.Select(each => each.Split(' ')[0])]);
        Told.Select(body => $"{body["transaction_status"]} {body["status_code"]}").ShouldBe(notices);
        foreach (var body in Told)
        {
            (body.Text("status_message"), body.Text("merchant_id"), body.Text("currency"))
                .ShouldBe(("midtrans payment notification", "G123456789", "IDR"), body.ToJsonString());
            amounts.ShouldContain(body.Text("gross_amount")!, body.ToJsonString());
            body.Text("signature_key").ShouldBe(RightSignature(body), body.ToJsonString());
        }
    }

    /// <summary>An authorisation can be captured in part: another amount than the order's is then right as well.</summary>
    public void AlsoAllow(string amount) => amounts.Add(amount);

    /// <summary>GET status of the order: the code of its body under HTTP 200, its state, and a signature over that body.</summary>
    public async Task<Answer> HasStatusAsync(string code, string status, string id = OrderId)
    {
        var answer = await Simulator.GetStatusAsync(id);
        (answer.HttpCode, answer.Code, answer.Status).ShouldBe((200, code, status), answer.Text);
        answer.Field("signature_key").ShouldBe(RightSignature((JsonObject)answer.Json!), answer.Text);
        return answer;
    }

    public async Task IsUnknownAsync(string id = OrderId)
    {
        var answer = await Simulator.GetStatusAsync(id);
        (answer.HttpCode, answer.Code, answer.Message).ShouldBe((200, "404", "Transaction doesn't exist."), answer.Text);
    }

    /// <summary>What the gateway itself counts for the order, in whole rupiah.</summary>
    public async Task<JsonNode> CountsAsync(long paid, long settled, long reversed)
    {
        var truth = (await Simulator.ControlAsync(HttpMethod.Get, $"truth?orderId={OrderId}")).Json!;
        Count(truth).ShouldBe($"{paid} {settled} {reversed} {paid - reversed}", truth.ToJsonString());
        if (truth["orders"]!.AsArray() is [{ } order])
        {
            Count(order).ShouldBe(Count(truth), truth.ToJsonString());
        }

        return truth;
    }

    /// <summary>What it counts for each transaction of the order: `status paid settled reversed net`.</summary>
    public async Task<IReadOnlyList<string>> CountsByTransactionAsync()
    {
        var truth = (await Simulator.ControlAsync(HttpMethod.Get, "truth")).Json!;
        var order = truth["orders"]!.AsArray().ShouldHaveSingleItem()!;
        order["transactions"]!.AsArray().Select(each => each!["transactionId"]!.ToString()).ShouldBeUnique();
        return [.. order["transactions"]!.AsArray().Select(each => $"{each!["status"]} {Count(each)}")];
    }

    public ValueTask DisposeAsync() => Simulator.DisposeAsync();

    public static string RightSignature(JsonObject body) => Signature.Of(
        body.Text("order_id")!, body.Text("status_code")!, body.Text("gross_amount")!, SimulatorHost.ServerKey);

    private static string Count(JsonNode node) => string.Create(
        CultureInfo.InvariantCulture, $"{node["paid"]} {node["settled"]} {node["reversed"]} {node["net"]}");
}
