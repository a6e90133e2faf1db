using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Tool.Running;

namespace Platform.Scenarios.Running;

/// <summary>The simulated Midtrans: pays, tells the truth about what was paid, and lends its voice for notifications.</summary>
internal sealed class PaymentGateway(RunningPlatform platform)
{
    private readonly HttpClient http = Direct.To(new(platform.System.Ports.UrlOf(Applications.MidtransSimulator) + "/"));

    public async Task PayAsync(Guid order)
    {
        using var answer = await http.PostAsJsonAsync($"_simulator/orders/{order}/pay", new { });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Rupiah that were paid and not taken back, per order.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> TruthAsync()
    {
        var truth = await http.GetFromJsonAsync<JsonNode>("_simulator/truth");
        return truth.Items("orders").ToDictionary(order => Guid.Parse(order.Text("orderId")), order => order.Number("net"));
    }

    /// <summary>Keeps back what the gateway would notify about an order.</summary>
    public async Task LoseNotificationsAsync(Guid order)
    {
        using var answer = await http.PutAsJsonAsync($"_simulator/orders/{order}/modes", new { lose = true });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The settlement notification of an order, as the gateway wrote it.</summary>
    public async Task<JsonObject> SettlementOfAsync(Guid order)
    {
        var all = await http.GetFromJsonAsync<JsonNode>($"_simulator/notifications?orderId={order}");
        var list = all as JsonArray ?? (all as JsonObject)?.Select(member => member.Value).OfType<JsonArray>().First();
        return (JsonObject)list!.OfType<JsonNode>().Single(each => each.Text("transactionStatus") == "settlement")["body"]!.DeepClone();
    }

    /// <summary>What the gateway would sign, with a key of the caller's choice.</summary>
    public static string Sign(JsonObject notification, string key)
    {
        var signed = string.Create(CultureInfo.InvariantCulture,
            $"{notification.Text("order_id")}{notification.Text("status_code")}{notification.Text("gross_amount")}{key}");
        return Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(signed)));
    }
}
