using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Workloads;

internal sealed record LogLine(DateTimeOffset Time, string Text);

/// <summary>
/// What the containers print. Nothing is kept: the lines follow from the pod's uid, the seed and the time at which a container started,
/// so that each reader sees the same ones.
/// </summary>
internal sealed class LogBook(SimulatorOptions options)
{
    private static readonly string[] Paths = ["/", "/healthz", "/login", "/api/items", "/api/session", "/assets/app.js", "/favicon.ico"];

    /// <summary>The endless lines of a container that started at a time; one that failed prints why and ends.</summary>
    public IEnumerable<LogLine> Lines(
        StoredObject pod, JsonObject container, DateTimeOffset started, long restart, bool failed, string? reason)
    {
        var random = new Random(Mix(FormattableString.Invariant($"{options.Seed}/{pod.Uid}/{container.Text("name")}/{restart}")));
        var port = container.Items("ports").FirstOrDefault().Number("containerPort") ?? 8080;
        var time = started;
        LogLine Next(string text, double seconds = 0.001) => new(time = time.AddSeconds(seconds), text);
        yield return Next($"INFO  starting {container.Text("image")} as {pod.Key.Name}");
        yield return Next(FormattableString.Invariant($"INFO  {container.Items("env").Count()} settings read from the environment"));
        if (failed)
        {
            yield return Next(reason == "OOMKilled" ? "WARN  memory is nearly used up" : "ERROR cannot open the data directory, giving up");
            yield break;
        }

        yield return Next(string.Create(CultureInfo.InvariantCulture, $"INFO  listening on 0.0.0.0:{port}"));
        while (true)
        {
            var status = random.Next(20) == 0 ? 404 : 200;
            var line = string.Create(
                CultureInfo.InvariantCulture, $"INFO  GET {Paths[random.Next(Paths.Length)]} {status} {random.Next(1, 80)}ms");
            yield return Next(line, 1.5 + (random.NextDouble() * 4));
        }
    }

    /// <summary>The same number for the same text in each process, which string.GetHashCode does not promise.</summary>
    public static int Mix(string text) => unchecked((int)text.Aggregate(2166136261u, (sum, letter) => (sum ^ letter) * 16777619));
}
