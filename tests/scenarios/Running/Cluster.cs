using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Tool.Running;

namespace Platform.Scenarios.Running;

/// <summary>An object of the cluster with our mark.</summary>
internal sealed record ClusterObject(string Kind, string? Namespace, string Name, Guid? Instance, Guid? User, JsonNode Body)
{
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}

/// <summary>The simulated cluster: what is in it, and how it is made to misbehave (simulators/kubernetes).</summary>
internal sealed class Cluster(RunningPlatform platform)
{
    private static readonly (string Kind, string Path)[] Kinds =
    [
        ("Namespace", "api/v1/namespaces"), ("Pod", "api/v1/pods"), ("Service", "api/v1/services"), ("Secret", "api/v1/secrets"),
        ("ConfigMap", "api/v1/configmaps"), ("ServiceAccount", "api/v1/serviceaccounts"), ("ResourceQuota", "api/v1/resourcequotas"),
        ("LimitRange", "api/v1/limitranges"), ("PersistentVolumeClaim", "api/v1/persistentvolumeclaims"),
        ("Deployment", "apis/apps/v1/deployments"), ("ReplicaSet", "apis/apps/v1/replicasets"),
        ("Ingress", "apis/networking.k8s.io/v1/ingresses"), ("NetworkPolicy", "apis/networking.k8s.io/v1/networkpolicies"),
    ];

    private readonly HttpClient http = Connect(platform);

    public static string NamespaceOf(Guid user) => $"u-{user:N}";

    /// <summary>Everything that carries the provisioner's label.</summary>
    public async Task<IReadOnlyList<ClusterObject>> OursAsync()
    {
        var found = new List<ClusterObject>();
        foreach (var (kind, path) in Kinds)
        {
            var list = await GetAsync($"{path}?labelSelector=app.kubernetes.io/managed-by%3Dplatform-provisioner");
            found.AddRange(list.Items("items").Select(item => Read(kind, item)));
        }

        return found;
    }

    /// <summary>Names of all objects of a namespace, and of the namespace itself; empty when it is gone.</summary>
    public async Task<IReadOnlyList<string>> ContentAsync(Guid user)
    {
        var all = new List<string>();
        foreach (var (kind, path) in Kinds)
        {
            var list = await GetAsync(path);
            all.AddRange(list.Items("items").Select(item => Read(kind, item))
                .Where(item => item.Namespace == NamespaceOf(user) || (kind == "Namespace" && item.Name == NamespaceOf(user)))
                .Select(item => item.ToString()));
        }

        return all;
    }

    public async Task<JsonNode> GetAsync(string path) =>
        await http.GetFromJsonAsync<JsonNode>(path) ?? throw new InvalidDataException($"{path} answered null.");

    /// <summary>Makes the pods of one user behave in a way of the simulator's control interface.</summary>
    /// <returns>The rule's number.</returns>
    public async Task<long> MakePodsAsync(Guid user, string behaviour) =>
        (await PostAsync("_simulator/pods", new { match = new { @namespace = NamespaceOf(user) }, behaviour, times = "forever" }))
            .Number("id");

    public Task HealPodsAsync(long rule) => DeleteAsync($"_simulator/pods/{rule}");

    /// <summary>Delays the next request of a kind, so that a kill can hit its sender in the middle.</summary>
    /// <returns>The rule's number.</returns>
    public async Task<long> DelayAsync(Guid user, string resource, TimeSpan delay)
    {
        var match = resource == "namespaces"
            ? new JsonObject { ["verb"] = "patch", ["resource"] = resource, ["name"] = NamespaceOf(user) }
            : new JsonObject
            {
                ["verb"] = resource == "secrets" ? "create" : "patch", ["resource"] = resource, ["namespace"] = NamespaceOf(user),
            };
        return (await PostAsync("_simulator/faults", new { match, effect = new { delay = (long)delay.TotalMilliseconds }, times = 1 }))
            .Number("id");
    }

    /// <summary>True when the rule has taken its request.</summary>
    public async Task<bool> HasTakenAsync(long rule) =>
        (await GetAsync("_simulator/faults")).Items("items").Any(item => item.Number("id") == rule && item.Text("times") == "0");

    public Task ForgetDelayAsync(long rule) => DeleteAsync($"_simulator/faults/{rule}");

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"POST {path} was answered {(int)answer.StatusCode}: {text}");
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await http.DeleteAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    private static ClusterObject Read(string kind, JsonNode item)
    {
        var labels = item.Find("metadata.labels") as JsonObject;
        return new(kind, item.Find("metadata.namespace")?.ToString(), item.Text("metadata.name"),
            Id(labels?["provisioner.platform/instance"]), Id(labels?["provisioner.platform/user"]), item);
    }

    private static Guid? Id(JsonNode? label) => Guid.TryParse(label?.ToString(), out var id) ? id : null;

    private static HttpClient Connect(RunningPlatform platform)
    {
        var client = Direct.To(new(platform.System.Ports.UrlOf(Applications.KubernetesSimulator) + "/"),
            certificateFile: platform.System.Layout.ClusterCertificateFile);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", platform.System.Secrets.KubernetesToken);
        return client;
    }
}
