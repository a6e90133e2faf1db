using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Gateway.Tests;

internal static class Answers
{
    /// <summary>Checks that an answer is a problem in our shape (api.md, "Decisions of ours").</summary>
    public static async Task<JsonNode> ShouldBeAsync(this HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", text);
        return JsonNode.Parse(text)!.ShouldBeOurs(status, code);
    }

    public static void ShouldBe(this RawAnswer answer, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Head.ShouldContain("application/problem+json");
        answer.Problem.ShouldBeOurs(status, code);
        answer.Head.ShouldContain("X-Content-Type-Options: nosniff");
    }

    public static async Task<string> ServiceAsync(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["service"]!.GetValue<string>();

    private static JsonNode ShouldBeOurs(this JsonNode problem, int status, string code)
    {
        var text = problem.ToJsonString();
        problem["status"]!.GetValue<int>().ShouldBe(status, text);
        problem["statusCode"]!.GetValue<int>().ShouldBe(status, text);
        problem["code"]!.GetValue<string>().ShouldBe(code, text);
        problem["success"]!.GetValue<bool>().ShouldBeFalse(text);
        foreach (var member in (string[])["type", "title", "message", "timestamp", "traceId", "instance"])
            problem[member]?.GetValue<string>().ShouldNotBeNullOrEmpty($"{member} in {text}");
        return problem;
    }
}
