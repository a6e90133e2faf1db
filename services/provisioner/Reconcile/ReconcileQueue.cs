using System.Threading.Channels;

namespace Platform.Provisioner.Reconcile;

/// <param name="Full">Apply the manifests too, instead of only looking.</param>
internal readonly record struct Work(Guid Instance, bool Full);

/// <summary>
/// Instances to look at. One that waits is not queued twice; one that is being worked on is queued again when its worker is done,
/// so that no wake-up is lost and no two workers of this process hold the same instance.
/// </summary>
internal sealed class ReconcileQueue
{
    private readonly Channel<Guid> ready = Channel.CreateUnbounded<Guid>();
    private readonly Dictionary<Guid, Entry> entries = [];
    private readonly List<Work> postponed = [];
    private readonly Lock gate = new();

    public void Add(Guid instance, bool full = false)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(instance, out var entry))
                entries[instance] = entry = new();
            entry.Full |= full;
            if (entry.Waiting)
                return;
            entry.Waiting = true;
            if (!entry.Running)
                ready.Writer.TryWrite(instance);
        }
    }

    /// <summary>For work that could not begin now; it comes back with the next <see cref="AddPostponed"/>.</summary>
    public void AddLater(Work work)
    {
        lock (gate)
            postponed.Add(work);
    }

    public void AddPostponed()
    {
        List<Work> again;
        lock (gate)
        {
            again = [.. postponed];
            postponed.Clear();
        }

        again.ForEach(work => Add(work.Instance, work.Full));
    }

    /// <summary>The next instance; the caller says <see cref="Done"/> afterwards.</summary>
    public async Task<Work> TakeAsync(CancellationToken ct)
    {
        var id = await ready.Reader.ReadAsync(ct);
        lock (gate)
        {
            var entry = entries[id];
            var work = new Work(id, entry.Full);
            (entry.Running, entry.Waiting, entry.Full) = (true, false, false);
            return work;
        }
    }

    public void Done(Guid instance)
    {
        lock (gate)
        {
            var entry = entries[instance];
            entry.Running = false;
            if (entry.Waiting)
                ready.Writer.TryWrite(instance);
            else
                entries.Remove(instance);
        }
    }

    private sealed class Entry
    {
        public bool Running { get; set; }
        public bool Waiting { get; set; }
        public bool Full { get; set; }
    }
}
