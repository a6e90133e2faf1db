using System.Text.Json.Nodes;

namespace Platform.Simulators.Kubernetes.Tests;

public sealed class WatchingTests
{
    private const string Maps = "/api/v1/namespaces/shop/configmaps";

    [Fact]
    public async Task A_watch_resumes_after_the_version_that_it_is_given()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        var first = await cluster.Apply($"{Maps}/a", "data: {x: '1'}");
        await cluster.Apply($"{Maps}/a", "data: {x: '2'}");
        await cluster.Delete($"{Maps}/a");

        using var watch = await WatchReader.Open(cluster, $"{Maps}?resourceVersion={first.Version()}");
        var changed = await watch.Next();
        var deleted = await watch.Next();
        await cluster.Apply($"{Maps}/b", "data: {x: '1'}");
        var added = await watch.Next();

        changed.Text("type").ShouldBe("MODIFIED");
        changed.Text("object", "data", "x").ShouldBe("2");
        deleted.Text("type").ShouldBe("DELETED");
        long.Parse(deleted.At("object").Version(), null).ShouldBeGreaterThan(long.Parse(changed.At("object").Version(), null));
        added.Text("type").ShouldBe("ADDED");
        added.At("object").Name().ShouldBe("b");
    }

    [Fact]
    public async Task A_watch_without_a_version_starts_with_what_is_there()
    {
        await using var cluster = await Cluster.Start();

        using var watch = await WatchReader.Open(cluster, "/api/v1/nodes");

        (await watch.Next()).At("object").Name().ShouldBe("sim-node-1");
        (await watch.Next()).At("object").Name().ShouldBe("sim-node-2");
    }

    [Fact]
    public async Task Bookmarks_tell_how_far_a_quiet_watch_has_come()
    {
        await using var cluster = await Cluster.Start(settings: "--Simulator:BookmarkInterval=00:00:00.2");
        await cluster.Namespace();
        var version = (await cluster.Get("/api/v1/nodes")).Version();
        using var watch = await WatchReader.Open(cluster, $"/api/v1/nodes?resourceVersion={version}&allowWatchBookmarks=true");

        var other = await cluster.Apply($"{Maps}/a", "data: {x: '1'}");
        var bookmark = await watch.Until("BOOKMARK", body => long.Parse(body.Version(), null) >= long.Parse(other.Version(), null));

        bookmark.Text("object", "kind").ShouldBe("Node");
        bookmark.At("object", "spec").ShouldBeNull();
    }

    [Fact]
    public async Task A_version_that_is_compacted_away_gives_410_to_watches_and_lists()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        var old = await cluster.Apply($"{Maps}/a", "data: {x: '1'}");
        await cluster.Apply($"{Maps}/b", "data: {x: '1'}");
        var page = await cluster.Get($"{Maps}?limit=1");
        await cluster.Apply($"{Maps}/a", "data: {x: '2'}");
        await cluster.Control("compact");

        using var watch = await WatchReader.Open(cluster, $"{Maps}?resourceVersion={old.Version()}");
        var error = await watch.Next();
        var ended = await watch.Next();
        var list = await Cluster.Read(await cluster.Http.GetAsync($"{Maps}?limit=1&continue={page.Text("metadata", "continue")}"), 410);

        error.Text("type").ShouldBe("ERROR");
        error.Number("object", "code").ShouldBe(410);
        error.Text("object", "reason").ShouldBe("Expired");
        error.Text("object", "message")!.ShouldStartWith("too old resource version: ");
        ended.ShouldBeNull();
        list.Text("reason").ShouldBe("Expired");
    }

    [Fact]
    public async Task A_full_history_forgets_its_oldest_changes()
    {
        await using var cluster = await Cluster.Start(settings: "--Simulator:HistoryLength=10");
        await cluster.Namespace();
        var old = await cluster.Apply($"{Maps}/a", "data: {x: '0'}");
        for (var i = 1; i <= 20; i++)
        {
            await cluster.Apply($"{Maps}/a", $"data: {{x: '{i}'}}");
        }

        using var watch = await WatchReader.Open(cluster, $"{Maps}?resourceVersion={old.Version()}");

        (await watch.Next()).Number("object", "code").ShouldBe(410);
    }

    [Fact]
    public async Task A_selecting_watch_sees_objects_come_and_go_as_their_labels_change()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        var start = await cluster.Apply($"{Maps}/a", "metadata: {labels: {tier: back}}");
        using var watch = await WatchReader.Open(cluster, $"{Maps}?labelSelector=tier%3Dfront&resourceVersion={start.Version()}");

        await cluster.Apply($"{Maps}/a", "metadata: {labels: {tier: front}}");
        await cluster.Apply($"{Maps}/a", "metadata: {labels: {tier: back}}");

        (await watch.Next()).Text("type").ShouldBe("ADDED");
        (await watch.Next()).Text("type").ShouldBe("DELETED");
    }

    [Fact]
    public async Task A_streaming_list_ends_its_first_part_with_a_marked_bookmark()
    {
        await using var cluster = await Cluster.Start();

        using var watch = await WatchReader.Open(
            cluster, "/api/v1/nodes?sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
        var bookmark = await watch.Until("BOOKMARK");

        bookmark.Text("object", "metadata", "annotations", "k8s.io/initial-events-end").ShouldBe("true");
    }

    [Fact]
    public async Task A_watch_ends_at_its_timeout_and_when_all_watches_are_dropped()
    {
        await using var cluster = await Cluster.Start();
        var version = (await cluster.Get("/api/v1/nodes")).Version();
        using var timed = await WatchReader.Open(cluster, $"/api/v1/nodes?resourceVersion={version}&timeoutSeconds=1");
        using var open = await WatchReader.Open(cluster, $"/api/v1/nodes?resourceVersion={version}");

        (await timed.Next()).ShouldBeNull();
        (await cluster.Control("watches/drop")).Number("dropped").ShouldBe(1);
        (await open.Next()).ShouldBeNull();
    }

    [Theory]
    [InlineData("app=web", "a")]
    [InlineData("app!=web", "b,c")]
    [InlineData("app in (web,db)", "a,b")]
    [InlineData("app notin (web,db),tier", "")]
    [InlineData("tier", "a")]
    [InlineData("!tier", "b,c")]
    [InlineData("app", "a,b")]
    public async Task Labels_select(string selector, string expected)
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        await cluster.Apply($"{Maps}/a", "metadata: {labels: {app: web, tier: front, mine: y}}");
        await cluster.Apply($"{Maps}/b", "metadata: {labels: {app: db, mine: y}}");
        await cluster.Apply($"{Maps}/c", "metadata: {labels: {mine: y}}");

        var found = await cluster.Get($"{Maps}?labelSelector={Uri.EscapeDataString($"mine=y,{selector}")}");

        string.Join(',', found.Items().Select(item => item.Name())).ShouldBe(expected);
    }

    [Fact]
    public async Task Fields_select_and_an_unknown_field_is_refused()
    {
        await using var cluster = await Cluster.Start();
        await cluster.UntilRolledOut(await cluster.Web(replicas: 2), 2);
        var pod = (await cluster.Pods())[0];

        var named = await cluster.Get($"/api/v1/pods?fieldSelector=metadata.name={pod.Name()},status.phase=Running");
        var elsewhere = await cluster.Get("/api/v1/pods?fieldSelector=status.phase!=Running");
        var events = await cluster.Get($"/api/v1/events?fieldSelector=involvedObject.uid={pod.Text("metadata", "uid")},reason=Started");
        var onNode = await cluster.Get($"/api/v1/pods?fieldSelector=spec.nodeName={pod.Text("spec", "nodeName")}");
        var refused = await Cluster.Read(await cluster.Http.GetAsync("/api/v1/pods?fieldSelector=spec.color=red"), 400);

        named.Items().Count().ShouldBe(1);
        elsewhere.Items().ShouldBeEmpty();
        events.Items().Count().ShouldBe(1);
        onNode.Items().Count().ShouldBe(1);
        refused.Text("message").ShouldBe("field label not supported: spec.color");
    }

    [Fact]
    public async Task Pages_of_a_list_show_the_cluster_as_it_was_at_the_first_page()
    {
        await using var cluster = await Cluster.Start();
        await cluster.Namespace();
        foreach (var name in new[] { "a", "b", "c" })
        {
            await cluster.Apply($"{Maps}/{name}", "data: {x: '1'}");
        }

        var first = await cluster.Get($"{Maps}?limit=2");
        await cluster.Delete($"{Maps}/c");
        await cluster.Apply($"{Maps}/d", "data: {x: '1'}");
        var names = first.Items().Select(item => item.Name()).ToList();
        JsonObject page = first;
        while (page.Text("metadata", "continue") is { } next)
        {
            page = await cluster.Get($"{Maps}?limit=2&continue={Uri.EscapeDataString(next)}");
            names.AddRange(page.Items().Select(item => item.Name()));
            page.Version().ShouldBe(first.Version());
        }

        names.ShouldBe(["a", "b", "c", "kube-root-ca.crt"]);
        first.Number("metadata", "remainingItemCount").ShouldBe(2);
    }

    [Fact]
    public async Task A_table_has_the_columns_of_the_kind()
    {
        await using var cluster = await Cluster.Start();
        await cluster.UntilRolledOut(await cluster.Web());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis/apps/v1/deployments");
        request.Headers.Accept.ParseAdd("application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

        var table = await Cluster.Read(await cluster.Http.SendAsync(request), 200);

        table.Text("kind").ShouldBe("Table");
        table["columnDefinitions"]!.AsArray().Where(column => column.Number("priority") == 0).Select(column => column.Text("name"))
            .ShouldBe(["Name", "Ready", "Up-to-date", "Available", "Age"]);
        table.Text("rows", "0", "cells", "1").ShouldBe("1/1");
        table.Text("rows", "0", "object", "kind").ShouldBe("PartialObjectMetadata");
    }
}
