using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Tests.FakeCluster;

namespace Platform.Provisioner.Tests;

/// <summary>The client against a server that says exactly what a test writes down.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private readonly ScriptedApi api = new();

    public ValueTask InitializeAsync() => api.StartAsync();

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Theory]
    [InlineData(401, "Unauthorized", KubernetesFault.Unauthorized)]
    [InlineData(403, "Forbidden", KubernetesFault.Forbidden)]
    [InlineData(404, "NotFound", KubernetesFault.NotFound)]
    [InlineData(409, "AlreadyExists", KubernetesFault.AlreadyExists)]
    [InlineData(409, "Conflict", KubernetesFault.Conflict)]
    [InlineData(410, "Expired", KubernetesFault.Gone)]
    [InlineData(415, "UnsupportedMediaType", KubernetesFault.BadRequest)]
    [InlineData(422, "Invalid", KubernetesFault.Invalid)]
    [InlineData(429, "TooManyRequests", KubernetesFault.TooManyRequests)]
    [InlineData(500, "InternalError", KubernetesFault.ServerError)]
    [InlineData(503, "ServiceUnavailable", KubernetesFault.ServerError)]
    [InlineData(504, "Timeout", KubernetesFault.Timeout)]
    internal async Task Faults_are_told_by_code_and_reason_and_the_servers_words_stay_out(int code, string reason, KubernetesFault fault)
    {
        api.Answer(code, $$$"""{"kind":"Status","code":{{{code}}},"reason":"{{{reason}}}","message":"Secret is invalid: data: hunter2"}""");

        var thrown = await Should.ThrowAsync<KubernetesException>(api.Client.ListAsync<Pod>("ns", null, default));

        thrown.Fault.ShouldBe(fault);
        thrown.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_namespace_on_its_way_out_is_told_from_other_refusals()
    {
        api.Answer(403, """{"code":403,"reason":"Forbidden","details":{"causes":[{"reason":"NamespaceTerminating","field":"x"}]}}""");

        (await Should.ThrowAsync<KubernetesException>(api.Client.ListAsync<Pod>("ns", null, default))).Fault
            .ShouldBe(KubernetesFault.NamespaceTerminating);
    }

    [Fact]
    public async Task The_wait_is_read_from_the_header_or_from_the_details()
    {
        api.Answer(429, """{"reason":"TooManyRequests","details":{"retryAfterSeconds":7}}""");
        (await Should.ThrowAsync<KubernetesException>(api.Client.ListAsync<Pod>("ns", null, default))).RetryAfter
            .ShouldBe(TimeSpan.FromSeconds(7));
        api.Answer(429, "busy", http => http.Response.Headers.RetryAfter = "3");
        (await Should.ThrowAsync<KubernetesException>(api.Client.ListAsync<Pod>("ns", null, default))).RetryAfter
            .ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_missing_object_is_null_and_a_missing_one_to_delete_is_no_fault()
    {
        api.Answer(404, """{"reason":"NotFound"}""");
        (await api.Client.FindAsync<Pod>("ns", "p", default)).ShouldBeNull();
        api.Answer(404, """{"reason":"NotFound"}""");
        await api.Client.DeleteAsync(new Pod { Metadata = new() { Name = "p", Namespace = "ns", Uid = "u" } }, false, default);
    }

    [Fact]
    public async Task A_deletion_names_the_uid_that_it_means()
    {
        api.Answer(200, "{}");

        await api.Client.DeleteAsync(new Pod { Metadata = new() { Name = "p", Namespace = "ns", Uid = "that-one" } }, true, default);

        api.Bodies.Last().ShouldContain("\"uid\":\"that-one\"");
        api.Bodies.Last().ShouldContain("Foreground");
    }

    [Fact]
    public async Task An_apply_names_us_and_carries_only_what_we_set()
    {
        api.Answer(200, """{"metadata":{"name":"ns","uid":"u"}}""");

        var applied = await api.Client.ApplyAsync(new Namespace { Metadata = new() { Name = "ns" } }, default);

        applied.Metadata.Uid.ShouldBe("u");
        api.Requests.Last().ShouldBe("PATCH /api/v1/namespaces/ns?fieldManager=platform-provisioner&force=true");
        api.Bodies.Last().ShouldBe("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ns"}}""");
    }

    [Fact]
    public async Task Names_can_not_leave_their_place_in_the_path()
    {
        api.Answer(404, "{}");

        await api.Client.FindAsync<Pod>("../../x", "a/b?c", default);

        api.Requests.Last().ShouldBe("GET /api/v1/namespaces/..%2F..%2Fx/pods/a%2Fb%3Fc");
    }

    [Fact]
    public async Task Lists_are_read_page_by_page()
    {
        api.Answer(200, """{"metadata":{"resourceVersion":"7","continue":"more"},"items":[{"metadata":{"name":"a"}}]}""");
        api.Answer(200, """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]}""");

        var list = await api.Client.ListAsync<Pod>(null, "a=b", default);

        list.Items.Select(pod => pod.Metadata.Name).ShouldBe(["a", "b"]);
        list.ResourceVersion.ShouldBe("7");
        api.Requests.Last().ShouldContain("continue=more");
    }

    [Fact]
    public async Task A_call_that_takes_too_long_and_one_that_breaks_off_are_told_apart()
    {
        api.Do(async http => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        var hasty = api.Patient(TimeSpan.FromMilliseconds(200));
        (await Should.ThrowAsync<KubernetesException>(hasty.ListAsync<Pod>("ns", null, default))).Fault.ShouldBe(KubernetesFault.Timeout);
        api.Do(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        (await Should.ThrowAsync<KubernetesException>(api.Client.ListAsync<Pod>("ns", null, default))).Fault
            .ShouldBe(KubernetesFault.Unreachable);
        api.Do(async http =>
        {
            await http.Response.WriteAsync("{\"items\":[{\"meta");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        (await Should.ThrowAsync<KubernetesException>(api.Client.ListAsync<Pod>("ns", null, default))).Fault
            .ShouldBe(KubernetesFault.Unreachable);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_his_own_cancellation()
    {
        using var giveUp = new CancellationTokenSource();
        api.Do(async http =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        await Should.ThrowAsync<OperationCanceledException>(api.Client.ListAsync<Pod>("ns", null, giveUp.Token));
    }

    [Fact]
    public async Task A_watch_goes_on_after_a_cut_from_the_last_bookmark_and_lists_again_after_410()
    {
        api.Answer(200, List("10", "a"));
        api.Do(http => Lines(http, Event("ADDED", "b", 11), """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"20"}}}""",
            "{\"type\":\"MODI"));
        api.Do(http => Lines(http, Event("MODIFIED", "b", 21)));
        api.Do(http => Lines(http, """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"""));
        api.Answer(200, List("30", "c"));
        api.Answer(410, """{"code":410,"reason":"Expired"}""");
        api.Answer(200, List("40", "d"));
        api.Do(http => Lines(http, Event("DELETED", "d", 41)));

        var seen = new List<string>();
        await foreach (var change in api.Client.FollowAsync<Pod>("x=y", default))
        {
            seen.Add($"{change.Kind} {string.Join(',', change.Items.Select(pod => pod.Metadata.Name))}");
            if (change.Kind == WatchKind.Deleted)
                break;
        }

        seen.ShouldBe(["Listed a", "Added b", "Modified b", "Listed c", "Listed d", "Deleted d"]);
        api.Requests.Where(r => r.Contains("watch=1")).Select(r => r.Split("resourceVersion=")[1].Split('&')[0])
            .ShouldBe(["10", "20", "21", "30", "40"]);
        api.Requests.Where(r => r.Contains("watch=1")).ShouldAllBe(r => r.Contains("allowWatchBookmarks=true"));
    }

    private static string List(string version, string name) =>
        $$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"items":[{"metadata":{"name":"{{{name}}}"}}]}""";

    private static string Event(string type, string name, int version) =>
        JsonSerializer.Serialize(new { type, @object = new { metadata = new { name, resourceVersion = $"{version}" } } });

    private static async Task Lines(HttpContext http, params string[] lines)
    {
        foreach (var line in lines)
            await http.Response.WriteAsync(line + "\n");
        await http.Response.Body.FlushAsync();
    }
}
