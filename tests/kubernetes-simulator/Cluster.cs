using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Simulators.Kubernetes.Tests;

/// <summary>A simulator of its own for one test, on a real port, and what a client does with it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const string Token = "a-token-for-tests";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication app;

    private Cluster(WebApplication app)
    {
        this.app = app;
        Http = Client(Token);
    }

    public HttpClient Http { get; }

    public string Address => app.Urls.First();

    public static async Task<Cluster> Start(string pace = "instant", string url = "http://127.0.0.1:0", params string[] settings)
    {
        var app = SimulatorApp.Build(
        [
            $"--urls={url}", "--environment=Development", $"--Simulator:Token={Token}", $"--Simulator:Pace={pace}",
            "--Logging:LogLevel:Default=Warning", .. settings,
        ]);
        await app.StartAsync();
        var cluster = new Cluster(app);
        if (url.StartsWith("http:", StringComparison.Ordinal))
        {
            await cluster.Until("/api/v1/namespaces/default/serviceaccounts", list => list.Items().Any(), "the cluster is furnished");
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    public T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public HttpClient Client(string? token)
    {
        var client = new HttpClient { BaseAddress = new(Address), Timeout = Patience };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("tests/1.0");
        client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        return client;
    }

    public async Task<JsonObject> Get(string path) => await Read(await Http.GetAsync(path), 200);

    public async Task<JsonObject> Create(string path, string json, int expect = 201) =>
        await Read(await Http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json")), expect);

    public async Task<JsonObject> Put(string path, JsonObject body, int expect = 200) =>
        await Read(await Http.PutAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json")), expect);

    public async Task<JsonObject> Patch(string path, string media, string body, int expect = 200)
    {
        using var content = new StringContent(body);
        content.Headers.ContentType = new(media);
        return await Read(await Http.PatchAsync(path, content), expect);
    }

    public async Task<JsonObject> Apply(string path, string yaml, string manager = "tests", bool force = false, int? expect = null)
    {
        using var content = new StringContent(yaml);
        content.Headers.ContentType = new("application/apply-patch+yaml");
        var answer = await Http.PatchAsync($"{path}?fieldManager={manager}&force={(force ? "true" : "false")}", content);
        return await Read(answer, expect ?? (answer.StatusCode == HttpStatusCode.Created ? 201 : 200));
    }

    public async Task<JsonObject> Delete(string path, string? options = null, int expect = 200)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Content = options is null ? null : new StringContent(options, new MediaTypeHeaderValue("application/json"));
        return await Read(await Http.SendAsync(request), expect);
    }

    public Task<JsonObject> Control(string path, string json = "{}", int? expect = null) =>
        Create($"/_simulator/{path}", json, expect ?? (path is "faults" or "pods" ? 201 : 200));

    public async Task<string> Namespace(string name = "shop")
    {
        await Create("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        await Until($"/api/v1/namespaces/{name}/serviceaccounts", list => list.Items().Any(), "the namespace is furnished");
        return $"/api/v1/namespaces/{name}";
    }

    /// <summary>Makes a namespace "shop" with a Deployment "web"; answers the Deployment's path.</summary>
    public async Task<string> Web(int replicas = 1, string image = "nginx:1.27", string more = "")
    {
        if ((await Http.GetAsync("/api/v1/namespaces/shop")).StatusCode == HttpStatusCode.NotFound)
        {
            await Namespace();
        }

        const string Path = "/apis/apps/v1/namespaces/shop/deployments/web";
        await Apply(Path, Manifest(replicas, image, more));
        return Path;
    }

    public static string Manifest(int? replicas, string image, string more = "") => $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {app: web}
        spec:
          {{{(replicas is null ? "" : $"replicas: {replicas}")}}}
          {{{more}}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: {{{image}}}
                ports: [{containerPort: 8080}]
                resources: {limits: {cpu: 100m, memory: 64Mi}}
        """;

    public async Task<List<JsonObject>> Pods(string ns = "shop") => [.. (await Get($"/api/v1/namespaces/{ns}/pods")).Items()];

    public Task<JsonObject> UntilRolledOut(string deployment, int replicas = 1) => Until(deployment, body =>
        body.Number("status", "observedGeneration") == body.Number("metadata", "generation")
        && (body.Number("status", "updatedReplicas") ?? 0) == replicas && (body.Number("status", "availableReplicas") ?? 0) == replicas
        && (body.Number("status", "replicas") ?? 0) == replicas, $"rolled out with {replicas}");

    /// <summary>Asks until the answer is as wanted; fails with the last answer when that takes too long.</summary>
    public async Task<JsonObject> Until(string path, Func<JsonObject, bool> wanted, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        var seen = "nothing";
        while (true)
        {
            try
            {
                var text = await Http.GetStringAsync(path, patience.Token);
                seen = text;
                if (JsonNode.Parse(text) is JsonObject body && wanted(body))
                {
                    return body;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"Not in {Patience.TotalSeconds} s: {what} at {path}. Last seen: {seen}");
            }
        }
    }

    public async Task UntilGone(string path)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            var answer = await Http.GetAsync(path);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        throw new TimeoutException($"{path} is still there: {await Http.GetStringAsync(path)}");
    }

    public static async Task<JsonObject> Read(HttpResponseMessage answer, int expect)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(expect, $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }
}
