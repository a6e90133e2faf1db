using System.Net;
using System.Text.Json.Nodes;
using Platform.Contracts;

namespace Platform.Catalog.Tests;

public sealed class BrowsingTests(CatalogHost catalog) : IClassFixture<CatalogHost>
{
    [Fact]
    public async Task Pages_part_a_list_without_gap_or_overlap_and_featured_services_come_first()
    {
        var category = await AddCategoryAsync();
        for (var i = 0; i < 12; i++)
        {
            var (name, featured) = ($"Paged {i:00}", i == 7);
            await catalog.AddServiceAsync(name, draft =>
            {
                (draft.Category, draft.IsFeatured) = (category.Id, featured);
                draft.Plans.Add(new());
            });
        }

        var path = $"/api/catalog/categories/{category.Slug}/services";
        var pages = await Task.WhenAll(Enumerable.Range(1, 4).Select(page => catalog.ReadAsync($"{path}?page={page}&limit=5")));

        pages.Select(page => page["services"]!.AsArray().Count).ShouldBe([5, 5, 2, 0]);
        string[] names = [.. pages.SelectMany(Names)];
        names.ShouldBe(["Paged 07", .. Enumerable.Range(0, 12).Where(i => i != 7).Select(i => $"Paged {i:00}")]);
        pages[1]["pagination"]!.ToJsonString().ShouldBe("""{"page":2,"limit":5,"total":12,"totalPages":3}""");
        (await catalog.ReadAsync(path))["pagination"]!.ToJsonString().ShouldBe("""{"page":1,"limit":10,"total":12,"totalPages":2}""");
    }

    [Fact]
    public async Task A_category_without_visible_services_is_not_listed_and_its_own_list_is_empty()
    {
        var category = await AddCategoryAsync();
        await catalog.AddServiceAsync("Hidden in its category", draft => (draft.Category, draft.IsPublic) = (category.Id, false));

        var listed = (await catalog.ReadAsync("/api/catalog/categories")).AsArray().Select(c => c!["slug"]!.GetValue<string>());
        var services = await catalog.ReadAsync($"/api/catalog/categories/{category.Slug}/services");

        listed.ShouldNotContain(category.Slug);
        services["services"]!.AsArray().ShouldBeEmpty();
        services["pagination"]!.ToJsonString().ShouldBe("""{"page":1,"limit":10,"total":0,"totalPages":0}""");
    }

    [Fact]
    public async Task What_is_not_sold_is_not_shown_anywhere()
    {
        var inactive = await catalog.AddServiceAsync("Withdrawn Zebra", draft => (draft.IsActive, draft.IsFeatured) = (false, true));
        var hidden = await catalog.AddServiceAsync("Private Zebra", draft => (draft.IsPublic, draft.IsFeatured) = (false, true));

        foreach (var service in new[] { inactive, hidden })
        {
            await catalog.ReadRefusalAsync($"/api/catalog/services/{service.Slug}", HttpStatusCode.NotFound);
            await catalog.ReadRefusalAsync($"/api/catalog/services/{service.Slug}/plans", HttpStatusCode.NotFound);
        }

        Names(await catalog.ReadAsync("/api/catalog/search?q=zebra")).ShouldBeEmpty();
        Names(await catalog.ReadAsync("/api/catalog/services?limit=50")).ShouldNotContain(name => name.Contains("Zebra"));
        (await catalog.ReadAsync("/api/catalog/featured?limit=20")).ToJsonString().ShouldNotContain("Zebra");
    }

    [Fact]
    public async Task A_plan_that_is_not_sold_is_left_out_and_a_sold_out_one_says_so()
    {
        var service = await catalog.AddServiceAsync("Two plans", draft =>
        {
            draft.Plans.Add(new(Seats: 1));
            draft.Plans.Add(new(IsActive: false));
        });
        var reservation = await catalog.SeatAsync(service.Plans[0].Id);

        var path = $"/api/catalog/services/{service.Slug}";
        var plan = (await catalog.ReadAsync(path))["plans"]!.AsArray().Single()!;
        (plan["totalQuota"]!.GetValue<int>(), plan["usedQuota"]!.GetValue<int>(), plan["availableQuota"]!.GetValue<int>(),
            plan["isAvailable"]!.GetValue<bool>(), plan["_count"]!["subscriptions"]!.GetValue<int>()).ShouldBe((1, 1, 0, false, 0));

        (await catalog.ConfirmAsync(service.Plans[0].Id, reservation)).ShouldBeOfType<SeatConfirmed>();
        (await catalog.ReadAsync(path))["plans"]![0]!["_count"]!["subscriptions"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("/api/catalog/services/nothing", "SERVICE_NOT_FOUND")]
    [InlineData("/api/catalog/services/nothing/plans", "SERVICE_NOT_FOUND")]
    [InlineData("/api/catalog/services/%01", "SERVICE_NOT_FOUND")]
    [InlineData("/api/catalog/services/';DROP TABLE plans--/plans", "SERVICE_NOT_FOUND")]
    [InlineData("/api/catalog/categories/nothing/services", "CATEGORY_NOT_FOUND")]
    [InlineData("/api/catalog/categories/a%0Ab/services", "CATEGORY_NOT_FOUND")]
    public async Task What_does_not_exist_is_404_with_a_code(string path, string code)
    {
        (await catalog.ReadRefusalAsync(path, HttpStatusCode.NotFound))["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Theory]
    [InlineData("/api/catalog/services?page=0&limit=51", "page,limit")]
    [InlineData("/api/catalog/services?page=x&limit=-1", "page,limit")]
    [InlineData("/api/catalog/services?page=1000000000&limit=1000000000", "page,limit")]
    [InlineData("/api/catalog/services?page=9223372036854775808&limit=1e1", "page,limit")]
    [InlineData("/api/catalog/services?page=1&page=2", "page")]
    [InlineData("/api/catalog/services?page=&sort=id;select+pg_sleep(5)", "page,sort")]
    [InlineData("/api/catalog/services?page=1&PAGE=2", "page")]
    [InlineData("/api/catalog/categories/cms/services?limit=0", "limit")]
    [InlineData("/api/catalog/featured?limit=21", "limit")]
    [InlineData("/api/catalog/featured?limit=%D9%A1", "limit")]
    public async Task Every_fault_of_a_query_is_told_under_its_name(string path, string fields)
    {
        var problem = await catalog.ReadRefusalAsync(path, HttpStatusCode.BadRequest);

        problem["code"]!.GetValue<string>().ShouldBe("VALIDATION_FAILED");
        problem["errors"]!.AsObject().Select(field => field.Key).ShouldBe(fields.Split(','), ignoreOrder: true);
    }

    private Task<Assortment.Category> AddCategoryAsync() => catalog.InScopeAsync(async db =>
    {
        var (id, now) = (Guid.CreateVersion7(), catalog.Clock.GetUtcNow());
        var category = new Assortment.Category
        {
            Id = id, Name = "A category", Slug = $"c-{id:N}", SortOrder = 9, CreatedAt = now, UpdatedAt = now,
        };
        db.Add(category);
        await db.SaveChangesAsync();
        return category;
    });

    private static string[] Names(JsonNode page) =>
        [.. page["services"]!.AsArray().Select(service => service!["name"]!.GetValue<string>())];
}
