using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Platform.Provisioner.Kubernetes;

/// <summary>All of a kind, and the version of the store that they were read at, from which a watch goes on.</summary>
internal sealed record KubernetesList<T>(IReadOnlyList<T> Items, string ResourceVersion);

/// <summary>
/// The API server, as far as the provisioner needs it. This is the seam where the package KubernetesClient would go.
/// Nothing is tried again in here: whoever knows the whole unit of work does that.
/// </summary>
internal sealed partial class KubernetesClient(ClusterConnection connection, IOptions<KubernetesOptions> settings,
    ILogger<KubernetesClient> log)
{
    /// <summary>Under this name the server remembers which fields are ours.</summary>
    public const string FieldManager = "platform-provisioner";
    private const int PageSize = 500;
    private readonly TimeSpan callTimeout = settings.Value.CallTimeout;

    public async Task<T?> FindAsync<T>(string? ns, string name, CancellationToken ct) where T : KubernetesObject, IResource
    {
        try
        {
            return await CallAsync<T>(HttpMethod.Get, T.Type.Path(ns, name), null, ct);
        }
        catch (KubernetesException e) when (e.Fault == KubernetesFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists page by page, in one namespace or in all of them.</summary>
    public async Task<KubernetesList<T>> ListAsync<T>(string? ns, string? labelSelector, CancellationToken ct)
        where T : KubernetesObject, IResource
    {
        var items = new List<T>();
        string? next = null;
        while (true)
        {
            var query = Query(("limit", $"{PageSize}"), ("labelSelector", labelSelector), ("continue", next));
            var page = await CallAsync<Page<T>>(HttpMethod.Get, T.Type.Path(ns, null) + query, null, ct);
            items.AddRange(page.Items ?? []);
            next = page.Metadata?.Continue;
            if (string.IsNullOrEmpty(next))
                return new(items, page.Metadata?.ResourceVersion ?? "");
        }
    }

    /// <summary>Makes a new object, and nothing else: one that is there already is a fault (AlreadyExists).</summary>
    public Task<T> CreateAsync<T>(T wanted, CancellationToken ct) where T : KubernetesObject, IResource =>
        CallAsync<T>(HttpMethod.Post, $"{T.Type.Path(wanted.Metadata.Namespace, null)}?fieldManager={FieldManager}",
            Body(wanted, "application/json"), ct);

    /// <summary>
    /// Server-side apply. Fields that somebody else changed under us are taken back; fields that we do not send are left alone.
    /// With a uid in the metadata only that very object is changed, with a resource version only that state of it.
    /// </summary>
    public async Task<T> ApplyAsync<T>(T wanted, CancellationToken ct) where T : KubernetesObject
    {
        var path = $"{wanted.ResourceType().Path(wanted.Metadata.Namespace, wanted.Metadata.Name)}?fieldManager={FieldManager}&force=true";
        var applied = await CallAsync<JsonElement>(HttpMethod.Patch, path, Body(wanted, "application/apply-patch+yaml"), ct);
        return (T)applied.Deserialize(wanted.GetType(), KubernetesJson.Wire)!;
    }

    /// <summary>
    /// Deletes this very object. One that is gone already is no fault; one with the same name and another uid is a Conflict.
    /// </summary>
    public async Task DeleteAsync(KubernetesObject existing, bool foreground, CancellationToken ct)
    {
        var options = new DeleteOptions(new(existing.Metadata.Uid!), foreground ? "Foreground" : "Background");
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(options, KubernetesJson.Wire))
        {
            Headers = { ContentType = new("application/json") },
        };
        try
        {
            var path = existing.ResourceType().Path(existing.Metadata.Namespace, existing.Metadata.Name);
            await CallAsync<JsonElement>(HttpMethod.Delete, path, body, ct);
        }
        catch (KubernetesException e) when (e.Fault == KubernetesFault.NotFound)
        {
            // Gone is what we want.
        }
    }

    /// <summary>
    /// Lines of a container, each with its RFC 3339 time in front. With <paramref name="follow"/> the stream ends with the container.
    /// </summary>
    public async Task<StreamReader> OpenLogAsync(string ns, string pod, string? container, int lines, bool follow, CancellationToken ct)
    {
        var query = Query(("container", container), ("tailLines", $"{lines}"), ("timestamps", "true"), ("follow", follow ? "true" : null));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(callTimeout);
        var path = $"{Pod.Type.Path(ns, pod)}/log{query}";
        var response = await SendAsync(HttpMethod.Get, path, null, limit.Token, ct);
        return new StreamReader(await response.Content.ReadAsStreamAsync(ct));
    }

    private async Task<T> CallAsync<T>(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(callTimeout);
        using var response = await SendAsync(method, path, body, limit.Token, ct);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            return await JsonSerializer.DeserializeAsync<T>(stream, KubernetesJson.Wire, limit.Token)
                ?? throw new KubernetesException(KubernetesFault.ServerError, Name(method, path), "the answer is null");
        }
        catch (Exception e) when (Translate(e, Name(method, path), ct) is { } fault)
        {
            throw fault;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken limit,
        CancellationToken caller)
    {
        HttpResponseMessage? response = null;
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body };
            request.Headers.Accept.Add(new("application/json"));
            if (await connection.TokenAsync(limit) is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            response = await connection.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw await FaultOfAsync(response, Name(method, path), limit);
        }
        catch (Exception e) when (Translate(e, Name(method, path), caller) is { } fault)
        {
            response?.Dispose();
            throw fault;
        }
    }

    /// <summary>A broken connection, a missed limit or half an answer as our own fault; null for what is not ours to judge.</summary>
    private static KubernetesException? Translate(Exception error, string call, CancellationToken caller) => error switch
    {
        OperationCanceledException when !caller.IsCancellationRequested => new(KubernetesFault.Timeout, call, null, null, error),
        HttpRequestException or IOException or JsonException => new(KubernetesFault.Unreachable, call, error.GetType().Name, null, error),
        _ => null,
    };

    private static async Task<KubernetesException> FaultOfAsync(HttpResponseMessage response, string call, CancellationToken ct)
    {
        Status? status = null;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            status = await JsonSerializer.DeserializeAsync<Status>(stream, KubernetesJson.Wire, ct);
        }
        catch (JsonException)
        {
            // A proxy in between answers in its own words; the code alone has to do.
        }

        return new(FaultOf(response.StatusCode, status), call, Reason(response.StatusCode, status), Wait(response, status));
    }

    private static KubernetesFault FaultOf(HttpStatusCode code, Status? status) => (int)code switch
    {
        401 => KubernetesFault.Unauthorized,
        403 when status?.Details?.Causes?.Any(cause => cause.Reason == "NamespaceTerminating") == true =>
            KubernetesFault.NamespaceTerminating,
        403 => KubernetesFault.Forbidden,
        404 => KubernetesFault.NotFound,
        409 when status?.Reason == "AlreadyExists" => KubernetesFault.AlreadyExists,
        409 => KubernetesFault.Conflict,
        410 => KubernetesFault.Gone,
        422 => KubernetesFault.Invalid,
        429 => KubernetesFault.TooManyRequests,
        504 => KubernetesFault.Timeout,
        >= 500 => KubernetesFault.ServerError,
        _ => KubernetesFault.BadRequest,
    };

    // Field paths are ours; values and sentences of the server stay out of logs.
    private static string Reason(HttpStatusCode code, Status? status) =>
        string.Join(", ", new[] { $"{(int)code}", status?.Reason }
            .Concat(status?.Details?.Causes?.Select(cause => $"{cause.Reason} {cause.Field}".Trim()) ?? [])
                .Where(part => part is { Length: > 0 }));

    private static TimeSpan? Wait(HttpResponseMessage response, Status? status) =>
        response.Headers.RetryAfter?.Delta
        ?? (status?.Details?.RetryAfterSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null);

    private static string Name(HttpMethod method, string path) => $"{method} /{path.Split('?')[0]}";

    private static ByteArrayContent Body(KubernetesObject wanted, string type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(wanted, wanted.GetType(), KubernetesJson.Wire)) { Headers = { ContentType = new(type) } };

    private static string Query(params ReadOnlySpan<(string Key, string? Value)> parts)
    {
        var query = new List<string>();
        foreach (var (key, value) in parts)
        {
            if (value is not null)
                query.Add($"{key}={Uri.EscapeDataString(value)}");
        }

        return query.Count == 0 ? "" : "?" + string.Join('&', query);
    }

    private sealed record Page<T>(List<T>? Items, ListMeta? Metadata);

    private sealed record ListMeta(string? ResourceVersion, [property: JsonPropertyName("continue")] string? Continue);

    private sealed record DeleteOptions(
        Preconditions Preconditions, string PropagationPolicy, string ApiVersion = "v1", string Kind = "DeleteOptions");

    private sealed record Preconditions(string Uid);

    private sealed record Status(int? Code, string? Reason, StatusDetails? Details);

    private sealed record StatusDetails(int? RetryAfterSeconds, List<StatusCause>? Causes);

    private sealed record StatusCause(string? Reason, string? Field);
}
