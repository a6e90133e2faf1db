using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Platform.Testing;

namespace Platform.Catalog.Tests;

/// <summary>Every route's members against api.md §1.5, §1.6 and §3.1: all of them and no others.</summary>
public sealed class AnswerShapeTests(CatalogHost catalog) : IClassFixture<CatalogHost>
{
    private static readonly string[] Envelope = ["success", "statusCode", "message", "timestamp", "data"];

    private static readonly string[] Service =
    [
        "id", "name", "slug", "description", "longDescription", "icon", "version", "defaultPort", "categoryId", "tags", "documentation",
        "isActive", "isPublic", "isFeatured", "sortOrder", "createdAt", "updatedAt", "category", "plans",
    ];

    private static readonly string[] AdministratorOnly = ["dockerImage", "envTemplate"];

    private static readonly string[] PlanWithoutAvailability =
    [
        "id", "name", "planType", "description", "monthlyPrice", "cpuMilli", "memoryMb", "storageGb", "bandwidth", "features",
        "maxInstancesPerUser", "maxDomains", "totalQuota", "usedQuota", "isPopular",
    ];

    private static readonly string[] Plan = [.. PlanWithoutAvailability, "availableQuota", "isAvailable"];
    private static readonly string[] Pagination = ["page", "limit", "total", "totalPages"];

    private readonly HttpClient administrator = catalog.As(Guid.CreateVersion7(), "ADMINISTRATOR");

    [Fact]
    public async Task Categories_are_a_bare_array_with_their_counts()
    {
        var answer = JsonNode.Parse(await catalog.Anonymous().GetStringAsync("/api/catalog/categories"))!;

        answer.AsObject().Select(member => member.Key).ShouldBe(Envelope);
        var categories = answer["data"]!.AsArray();
        foreach (var category in categories)
        {
            Members(category).ShouldBe(
                ["id", "name", "slug", "description", "sortOrder", "createdAt", "updatedAt", "_count"], ignoreOrder: true);
            Members(category!["_count"]).ShouldBe(["services"]);
        }

        Texts(categories, "slug").ShouldBe(["development-tools", "cms", "databases"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_list_of_services_shows_images_and_environment_to_administrators_only(bool asAdministrator)
    {
        var page = await catalog.ReadAsync("/api/catalog/services", asAdministrator ? administrator : null);

        Members(page).ShouldBe(["services", "pagination"]);
        Members(page["pagination"]).ShouldBe(Pagination);
        page["services"]!.AsArray().Count.ShouldBe(3);
        foreach (var service in page["services"]!.AsArray())
            HasShape(service, ["name", "slug"], Plan, asAdministrator);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_services_of_a_category_come_with_the_category(bool asAdministrator)
    {
        var page = await catalog.ReadAsync("/api/catalog/categories/databases/services", asAdministrator ? administrator : null);

        Members(page).ShouldBe(["id", "name", "slug", "description", "services", "pagination"]);
        Members(page["pagination"]).ShouldBe(Pagination);
        HasShape(page["services"]!.AsArray().Single(), ["name", "slug"], Plan, asAdministrator);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_service_shows_how_many_hold_each_plan(bool asAdministrator)
    {
        var service = await catalog.ReadAsync("/api/catalog/services/ghost-blog", asAdministrator ? administrator : null);

        HasShape(service, ["id", "name", "slug"], [.. Plan, "_count"], asAdministrator);
        service["plans"]!.AsArray().ShouldAllBe(plan => plan!["_count"]!.AsObject().Single().Key == "subscriptions");
    }

    [Fact]
    public async Task The_plans_of_a_service_come_with_its_names()
    {
        var plans = await catalog.ReadAsync("/api/catalog/services/postgresql/plans");

        Members(plans).ShouldBe(["serviceId", "serviceName", "serviceSlug", "plans"]);
        plans["plans"]!.AsArray().ShouldAllBe(plan => !Members(plan).Except(Plan).Any() && !Plan.Except(Members(plan)).Any());
        plans["plans"]!.AsArray().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_search_result_has_its_cheapest_plan_without_availability(bool asAdministrator)
    {
        var page = await catalog.ReadAsync("/api/catalog/search?q=n8n", asAdministrator ? administrator : null);

        Members(page).ShouldBe(["services", "totalCount", "hasMore"]);
        var service = page["services"]!.AsArray().Single()!;
        HasShape(service, ["id", "name", "slug"], PlanWithoutAvailability, asAdministrator);
        service["plans"]!.AsArray().Single()!["name"]!.GetValue<string>().ShouldBe("Free");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Featured_services_are_a_bare_array_with_the_cheapest_plan(bool asAdministrator)
    {
        var services = (await catalog.ReadAsync("/api/catalog/featured", asAdministrator ? administrator : null)).AsArray();

        Texts(services, "slug").ShouldBe(["n8n-automation", "ghost-blog"]);
        foreach (var service in services)
        {
            HasShape(service, ["id", "name", "slug"], Plan, asAdministrator);
            service!["plans"]!.AsArray().Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task An_administrator_sees_the_environment_as_an_object_and_the_image()
    {
        var service = await catalog.ReadAsync("/api/catalog/services/postgresql", administrator);

        service["dockerImage"]!.GetValue<string>().ShouldBe("postgres:15.14-alpine");
        service["envTemplate"]!["POSTGRES_PASSWORD"]!.GetValue<string>().ShouldBe("{{secret:password}}");
        service["version"]!.GetValue<string>().ShouldBe("15.14");
        service["defaultPort"]!.GetValue<int>().ShouldBe(5432);
    }

    [Fact]
    public async Task A_token_that_is_no_valid_administrators_shows_what_everyone_sees()
    {
        var user = Guid.CreateVersion7();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] tokens =
        [
            TestTokens.For(user),
            TestTokens.For(user, "ADMINISTRATOR", TimeProvider.System.GetUtcNow().AddHours(-1)),
            TestTokens.For(user, "ADMINISTRATOR", signedBy: new ECDsaSecurityKey(stranger) { KeyId = "test" }),
            "not-a-token",
        ];
        foreach (var token in tokens)
        {
            var client = catalog.Anonymous();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            var service = await catalog.ReadAsync("/api/catalog/services/postgresql", client);
            HasShape(service, ["id", "name", "slug"], [.. Plan, "_count"], asAdministrator: false);
        }
    }

    private static void HasShape(JsonNode? service, string[] category, string[] plan, bool asAdministrator)
    {
        Members(service).ShouldBe(asAdministrator ? [.. Service, .. AdministratorOnly] : Service, ignoreOrder: true);
        Members(service!["category"]).ShouldBe(category, ignoreOrder: true);
        service["tags"]!.AsArray().ShouldNotBeEmpty();
        service["plans"]!.AsArray().ShouldNotBeEmpty();
        foreach (var one in service["plans"]!.AsArray())
        {
            Members(one).ShouldBe(plan, ignoreOrder: true);
            one!["features"]!.AsArray().ShouldNotBeEmpty();
        }
    }

    private static string[] Members(JsonNode? node) => [.. node!.AsObject().Select(member => member.Key)];

    private static string[] Texts(JsonArray rows, string member) => [.. rows.Select(row => row![member]!.GetValue<string>())];
}
