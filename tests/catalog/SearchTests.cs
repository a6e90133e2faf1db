using System.Net;
using System.Text.Json.Nodes;

namespace Platform.Catalog.Tests;

public sealed class SearchTests(CatalogHost catalog) : IClassFixture<CatalogHost>
{
    [Theory]
    [InlineData("q=GHOST", "Ghost Blog")]
    [InlineData("q=stays+out+of+the+way", "Ghost Blog")]
    [InlineData("q=Workflow", "N8N Automation")]
    [InlineData("q=SQL", "PostgreSQL Database")]
    [InlineData("q=++ghost++", "Ghost Blog")]
    [InlineData("q=gho%25t", "")]
    [InlineData("q=&category=databases", "PostgreSQL Database")]
    [InlineData("q=&category=&featured=true&maxPrice=0", "Ghost Blog|N8N Automation")]
    [InlineData("category=cms&featured=false", "")]
    [InlineData("category=no-such-category", "")]
    public async Task A_search_finds_by_text_tag_category_and_feature(string query, string found)
    {
        var page = await catalog.ReadAsync($"/api/catalog/search?{query}");

        Names(page).ShouldBe(found.Split('|', StringSplitOptions.RemoveEmptyEntries));
        page["totalCount"]!.GetValue<int>().ShouldBe(Names(page).Length);
    }

    [Fact]
    public async Task The_wildcards_of_the_store_are_plain_characters_to_a_visitor()
    {
        await catalog.AddServiceAsync("Pure 100% cotton");
        await catalog.AddServiceAsync("Pure snake_case cotton");
        await catalog.AddServiceAsync(@"Pure back\slash cotton");

        Names(await SearchAsync("100% c")).ShouldBe(["Pure 100% cotton"]);
        Names(await SearchAsync("snake_case")).ShouldBe(["Pure snake_case cotton"]);
        Names(await SearchAsync("snakeXcase")).ShouldBeEmpty();
        Names(await SearchAsync(@"back\slash")).ShouldBe([@"Pure back\slash cotton"]);
        Names(await SearchAsync("pure % cotton")).ShouldBeEmpty();
        Names(await SearchAsync("%")).ShouldBe(["Pure 100% cotton"]);
        Names(await SearchAsync("_")).ShouldBe(["Pure snake_case cotton"]);
    }

    [Theory]
    [InlineData("';DROP TABLE catalog.plans;--")]
    [InlineData("' OR '1'='1")]
    [InlineData("\\")]
    [InlineData("%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%")]
    [InlineData("(a+)+$")]
    [InlineData("{{7*7}}<script>alert(1)</script>")]
    [InlineData("\ufb03\u0301\u202e\ud83d\ude80")]
    public async Task Hostile_text_finds_nothing_and_breaks_nothing(string text)
    {
        Names(await SearchAsync($"hostile{text}")).ShouldBeEmpty();
        Names(await SearchAsync(text)).ShouldBeEmpty();
        Names(await SearchAsync("ghost")).ShouldBe(["Ghost Blog"]);
    }

    [Theory]
    [InlineData("minPrice=0&maxPrice=0", "Free,Starter")]
    [InlineData("minPrice=1&maxPrice=50000", "Basic,Basic DB")]
    [InlineData("minPrice=60000", "Creator,Pro,Production DB")]
    [InlineData("maxPrice=24999", "Free,Starter")]
    [InlineData("minPrice=150001", "")]
    public async Task A_price_range_finds_services_with_a_plan_in_it_and_shows_the_cheapest_of_those(string query, string plans)
    {
        var page = await catalog.ReadAsync($"/api/catalog/search?{query}");

        page["services"]!.AsArray().Select(service => service!["plans"]!.AsArray().Single()!["name"]!.GetValue<string>())
            .ShouldBe(plans.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
    }

    [Fact]
    public async Task Found_services_come_page_by_page()
    {
        for (var i = 0; i < 5; i++)
        {
            var featured = i == 4;
            await catalog.AddServiceAsync($"Tagged {i}", draft => (draft.Tags, draft.IsFeatured) = (["quokka"], featured));
        }

        var first = await catalog.ReadAsync("/api/catalog/search?q=QUOKKA&limit=3");
        var second = await catalog.ReadAsync("/api/catalog/search?q=QUOKKA&limit=3&page=2");

        Names(first).ShouldBe(["Tagged 4", "Tagged 0", "Tagged 1"]);
        Names(second).ShouldBe(["Tagged 2", "Tagged 3"]);
        (first["totalCount"]!.GetValue<int>(), first["hasMore"]!.GetValue<bool>()).ShouldBe((5, true));
        (second["totalCount"]!.GetValue<int>(), second["hasMore"]!.GetValue<bool>()).ShouldBe((5, false));
        Names(await catalog.ReadAsync("/api/catalog/search?q=quokk")).ShouldBeEmpty("a tag is found whole only");
    }

    [Fact]
    public async Task A_text_of_a_hundred_characters_is_searched_and_a_longer_one_is_a_fault()
    {
        Names(await SearchAsync(new string('x', 100))).ShouldBeEmpty();

        var problem = await catalog.ReadRefusalAsync($"/api/catalog/search?q={new string('x', 101)}", HttpStatusCode.BadRequest);
        problem["errors"]!.AsObject().Single().Key.ShouldBe("q");
    }

    [Theory]
    [InlineData("q=a%00b", "q")]
    [InlineData("q=a&q=b", "q")]
    [InlineData("category=A'B&featured=yes&minPrice=-1&maxPrice=1.5&page=0&limit=99&userId=7",
        "category,featured,minPrice,maxPrice,page,limit,userId")]
    [InlineData("minPrice=2&maxPrice=1", "maxPrice")]
    [InlineData("minPrice=99999999999999999999", "minPrice")]
    public async Task Every_fault_of_a_search_is_told_under_its_name(string query, string fields)
    {
        var problem = await catalog.ReadRefusalAsync($"/api/catalog/search?{query}", HttpStatusCode.BadRequest);

        problem["code"]!.GetValue<string>().ShouldBe("VALIDATION_FAILED");
        problem["errors"]!.AsObject().Select(field => field.Key).ShouldBe(fields.Split(','), ignoreOrder: true);
    }

    private Task<JsonNode> SearchAsync(string text) => catalog.ReadAsync($"/api/catalog/search?q={Uri.EscapeDataString(text)}");

    private static string[] Names(JsonNode page) =>
        [.. page["services"]!.AsArray().Select(service => service!["name"]!.GetValue<string>())];
}
