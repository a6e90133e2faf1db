using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Controllers;
using Platform.Simulators.Kubernetes.Faults;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Storage;

/// <summary>
/// Keeps the cluster in a file across restarts, when one is set. The file is replaced as a whole, soon after a change, so a killed
/// simulator comes back as it was moments ago.
/// </summary>
internal sealed class StateFile : BackgroundService
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Clients may have seen revisions that were not saved any more. Going on far beyond them makes their watches too old (410), so
    /// that they list anew instead of waiting for changes that they believe to have seen.
    /// </summary>
    private const long Leap = 100_000;

    private readonly ObjectStore store;
    private readonly PodRules rules;
    private readonly Identifiers identifiers;
    private readonly ControlLoop loop;
    private readonly TimeProvider clock;
    private readonly string? path;
    private readonly SemaphoreSlim dirty = new(0, 1);

    public StateFile(
        ObjectStore store, PodRules rules, Identifiers identifiers, ControlLoop loop, TimeProvider clock, SimulatorOptions options)
    {
        (this.store, this.rules, this.identifiers, this.loop, this.clock) = (store, rules, identifiers, loop, clock);
        path = options.StateFile;
        if (path is not null)
        {
            store.Changed += _ => Touch();
        }
    }

    /// <summary>Says that something worth keeping has changed.</summary>
    public void Touch()
    {
        lock (dirty)
        {
            if (dirty.CurrentCount == 0)
            {
                dirty.Release();
            }
        }
    }

    /// <returns>False when there is nothing saved, and the cluster is new.</returns>
    public bool Load()
    {
        if (path is null || !File.Exists(path))
        {
            return false;
        }

        var saved = Tree.Parse(File.ReadAllBytes(path));
        var objects = saved.Items("objects").Select(body => new StoredObject(KeyOf(body), body, RevisionOf(body)));
        var revision = (saved.Number("revision") ?? 1) + Leap;
        lock (store.Gate)
        {
            store.Load(revision, objects);
            rules.Load(saved.At("pods"));
            identifiers.StartOver(revision);
        }

        loop.LookAtAll();
        return true;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (path is not null)
        {
            Save(path);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        dirty.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (path is not null)
        {
            await dirty.WaitAsync(stoppingToken);
            await Task.Delay(Debounce, clock, stoppingToken);
            var watch = Stopwatch.StartNew();
            Save(path);

            // A big cluster takes long to write; it should not be all that this process does.
            await Task.Delay(watch.Elapsed * 5, clock, stoppingToken);
        }
    }

    private void Save(string file)
    {
        List<StoredObject> objects;
        JsonObject behaviours;
        long revision;
        lock (store.Gate)
        {
            objects = [.. KindCatalog.Stored.SelectMany(kind => store.List(kind))];
            behaviours = rules.Save();
            revision = store.Revision;
        }

        var temporary = $"{file}.new";
        using (var stream = File.Create(temporary))
        {
            stream.Write(Encoding.UTF8.GetBytes($$"""{"revision":{{revision}},"pods":{{behaviours.ToText()}},"objects":["""));
            for (var i = 0; i < objects.Count; i++)
            {
                stream.Write(i > 0 ? ",\n"u8 : "\n"u8);
                stream.Write(objects[i].Json);
            }

            stream.Write("]}\n"u8);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    private static ObjectKey KeyOf(JsonObject body)
    {
        var kind = KindCatalog.FindByName(body.Text("apiVersion"), body.Text("kind"))
            ?? throw new InvalidOperationException($"The state file has a {body.Text("kind")}, which this simulator does not know.");
        return new(kind, body.Text("metadata", "namespace") ?? "", body.Text("metadata", "name") ?? "");
    }

    private static long RevisionOf(JsonObject body) =>
        long.Parse(body.Text("metadata", "resourceVersion")!, System.Globalization.CultureInfo.InvariantCulture);
}
