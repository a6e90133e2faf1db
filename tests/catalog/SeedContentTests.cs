using System.Globalization;
using Platform.Catalog.Seed;

namespace Platform.Catalog.Tests;

public sealed class SeedContentTests(CatalogHost catalog) : IClassFixture<CatalogHost>
{
    [Fact]
    public void No_variable_holds_a_password_or_a_placeholder_that_nobody_fills()
    {
        foreach (var variable in SeedServices.All(catalog.Clock.GetUtcNow()).SelectMany(service => service.Environment))
        {
            if (variable.Name.EndsWith("PASSWORD", StringComparison.Ordinal) || variable.Name.EndsWith("KEY", StringComparison.Ordinal))
                variable.Value.ShouldStartWith("{{secret:");
            if (variable.Value.Contains("{{", StringComparison.Ordinal))
                variable.Value.ShouldMatch(@"^\{\{(host|url|port|instance|secret:[a-z-]+)\}\}$");
        }
    }

    [Theory]
    [InlineData("n8n-automation", "Free", "FREE", 0, 500, 512, 10, 10, 1, 1, false)]
    [InlineData("n8n-automation", "Basic", "BASIC", 50_000, 1000, 1024, 50, 50, 1, 3, true)]
    [InlineData("n8n-automation", "Pro", "PRO", 150_000, 2000, 2048, 100, 25, 3, 10, false)]
    [InlineData("ghost-blog", "Starter", "FREE", 0, 250, 512, 20, 15, 1, 1, false)]
    [InlineData("ghost-blog", "Creator", "BASIC", 75_000, 600, 1024, 100, 30, 1, 5, true)]
    [InlineData("postgresql", "Basic DB", "BASIC", 25_000, 250, 256, 50, 100, 2, 1, true)]
    [InlineData("postgresql", "Production DB", "PRO", 100_000, 500, 1024, 200, 50, 5, 1, false)]
    public async Task The_plans_are_those_of_the_specification(string service, string name, string type, long price, int cpu, int memory,
        int bandwidth, int quota, int maxInstances, int maxDomains, bool popular)
    {
        var plans = (await catalog.ReadAsync($"/api/catalog/services/{service}/plans"))["plans"]!.AsArray();

        var plan = plans.Single(p => p!["name"]!.GetValue<string>() == name)!;
        string[] members =
        [
            "planType", "monthlyPrice", "cpuMilli", "memoryMb", "storageGb", "bandwidth", "totalQuota", "availableQuota",
            "maxInstancesPerUser", "maxDomains", "isPopular",
        ];
        string.Join(' ', members.Select(member => plan[member]!.ToString()))
            .ShouldBe(string.Create(CultureInfo.InvariantCulture,
                $"{type} {price} {cpu} {memory} 1 {bandwidth} {quota} {quota} {maxInstances} {maxDomains} {(popular ? "true" : "false")}"));
    }
}
