using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Reconcile;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Instances;

/// <param name="Level">Guessed from the line; INFO when it says nothing.</param>
internal sealed record LogLine(DateTimeOffset? Timestamp, string Level, string Message);

internal sealed record LogOptions(int Lines, bool Follow);

internal sealed record InstanceLogView(Guid InstanceId, IReadOnlyList<LogLine> Logs, LogOptions Options, string Message);

/// <summary>Counts the open log streams of each user.</summary>
internal sealed class LogStreams(IOptions<ProvisionerOptions> options)
{
    private readonly Dictionary<Guid, int> open = [];
    private readonly Lock gate = new();

    public bool TryOpen(Guid user)
    {
        lock (gate)
        {
            var count = open.GetValueOrDefault(user);
            if (count >= options.Value.LogStreamsPerUser)
                return false;
            open[user] = count + 1;
            return true;
        }
    }

    public void Close(Guid user)
    {
        lock (gate)
        {
            if (--open[user] == 0)
                open.Remove(user);
        }
    }
}

/// <summary>What the newest pod of an instance wrote, once or as a stream of server-sent events.</summary>
internal static class InstanceLogs
{
    private const int LongestLine = 16 * 1024;
    private static readonly string[] Levels = ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"];

    public static async Task<IResult> Read(Guid id, CurrentUser user, ProvisionerDbContext db, KubernetesClient cluster, LogStreams streams,
        HttpContext http, CancellationToken ct, [Range(1, 1000)] int lines = 100, bool follow = false)
    {
        if (await db.OwnInstanceAsync(id, user, ct) is not { } instance)
            return ProvisionerRefusals.InstanceNotFound.ToProblem();
        if (follow && !streams.TryOpen(user.Id))
            return ProvisionerRefusals.TooManyStreams.ToProblem("Close another stream first.", retryAfter: TimeSpan.FromSeconds(10));
        if (follow)
            http.Response.RegisterForDispose(new Closing(() => streams.Close(user.Id)));
        try
        {
            if (await NewestPodAsync(instance, cluster, ct) is not { } pod)
                return ProvisionerRefusals.NoLogs.ToProblem("Wait until it runs.");
            var reader = await cluster.OpenLogAsync(instance.Namespace, pod, PodManifest.ContainerName, lines, follow, ct);
            http.Response.RegisterForDispose(reader);
            return follow
                ? TypedResults.ServerSentEvents(EventsAsync(reader, ct))
                : Answer.Ok(new InstanceLogView(id, await AllAsync(reader, ct), new(lines, false), $"The last lines of {pod}"));
        }
        catch (KubernetesException e) when (e.Fault is KubernetesFault.NotFound or KubernetesFault.BadRequest)
        {
            // The pod was replaced a moment ago, or its container has not started.
            return ProvisionerRefusals.NoLogs.ToProblem("Wait until it runs.");
        }
        catch (KubernetesException e)
        {
            return e.ToProblem();
        }
    }

    /// <summary>Takes the RFC 3339 time off the front of a line.</summary>
    internal static LogLine Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        DateTimeOffset at = default;
        var timed = space > 0
            && DateTimeOffset.TryParse(line.AsSpan(0, space), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
        var text = timed ? line[(space + 1)..] : line;
        var level = Levels.FirstOrDefault(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)) ?? "INFO";
        return new(timed ? at.ToUniversalTime() : null, level, text.Length <= LongestLine ? text : text[..LongestLine]);
    }

    private static async Task<string?> NewestPodAsync(Instance instance, KubernetesClient cluster, CancellationToken ct) =>
        instance.TerminatedAt is not null ? null
        : Observation.Newest((await cluster.ListAsync<Pod>(instance.Namespace, Labels.OfInstance(instance.Id), ct)).Items)?.Metadata.Name;

    private static async Task<List<LogLine>> AllAsync(StreamReader reader, CancellationToken ct)
    {
        var all = new List<LogLine>();
        while (await reader.ReadLineAsync(ct) is { } line)
            all.Add(Parse(line));
        return all;
    }

    private static async IAsyncEnumerable<SseItem<LogLine>> EventsAsync(StreamReader reader, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            string? line;
            try
            {
                line = await reader.ReadLineAsync(ct);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                line = null;
            }

            if (line is null)
            {
                yield return new(new LogLine(null, "INFO", "The stream has ended."), "log-end");
                yield break;
            }

            yield return new(Parse(line), "log-data");
        }
    }

    private sealed class Closing(Action close) : IDisposable
    {
        public void Dispose() => close();
    }
}
