using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Scenarios.Running;

namespace Platform.Scenarios.Customers;

/// <summary>A plan that can be bought.</summary>
internal sealed record Offer(string Service, string PlanType, Guid PlanId, long Price)
{
    private static readonly string[] Services = ["n8n-automation", "ghost-blog", "postgresql"];

    /// <summary>By service and plan, as in "postgresql/BASIC".</summary>
    public static async Task<IReadOnlyDictionary<string, Offer>> ReadAsync(RunningPlatform platform)
    {
        using var http = Direct.To(platform.System.Gateway);
        var offers = new Dictionary<string, Offer>();
        foreach (var service in Services)
        {
            var answer = await http.GetFromJsonAsync<JsonNode>($"api/catalog/services/{service}");
            foreach (var plan in (answer.Find("data.service") ?? answer.Find("data")).Items("plans"))
            {
                var type = plan.Text("planType");
                offers[$"{service}/{type}"] = new(service, type, Guid.Parse(plan.Text("id")), plan.Number("monthlyPrice"));
            }
        }

        return offers;
    }
}
