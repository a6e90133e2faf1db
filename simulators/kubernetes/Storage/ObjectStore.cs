using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Storage;

/// <summary>
/// All objects, one counter of revisions, and the window of past changes that watches resume from. It knows nothing of rules:
/// those are in Writing. Who reads and then writes holds <see cref="Gate"/> meanwhile; the lock may be taken again by its holder.
/// </summary>
internal sealed class ObjectStore(int historyLength)
{
    private readonly Dictionary<Kind, SortedDictionary<string, SortedDictionary<string, StoredObject>>> objects =
        KindCatalog.Stored.ToDictionary(
            kind => kind, _ => new SortedDictionary<string, SortedDictionary<string, StoredObject>>(StringComparer.Ordinal));

    private readonly Dictionary<string, HashSet<ObjectKey>> dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectKey> byUid = new(StringComparer.Ordinal);
    private readonly LinkedList<Change> history = [];
    private readonly List<Subscription> subscriptions = [];

    public Lock Gate { get; } = new();

    public long Revision { get; private set; } = 1;

    /// <summary>Changes up to this revision are forgotten.</summary>
    public long CompactedRevision { get; private set; }

    /// <summary>Called under the lock with each change, in order; must be quick and must not write.</summary>
    public event Action<Change>? Changed;

    public StoredObject? Find(ObjectKey key)
    {
        lock (Gate)
        {
            return objects[key.Kind].GetValueOrDefault(key.Namespace)?.GetValueOrDefault(key.Name);
        }
    }

    public StoredObject? Find(Kind kind, string ns, string name) => Find(new ObjectKey(kind, ns, name));

    public StoredObject? FindByUid(string uid)
    {
        lock (Gate)
        {
            return byUid.TryGetValue(uid, out var key) ? Find(key) : null;
        }
    }

    /// <summary>The objects of a namespace, or of all namespaces when it is null, by namespace and name.</summary>
    public IReadOnlyList<StoredObject> List(Kind kind, string? ns = null)
    {
        lock (Gate)
        {
            return ns is null
                ? [.. objects[kind].Values.SelectMany(inside => inside.Values)]
                : [.. objects[kind].GetValueOrDefault(ns)?.Values.AsEnumerable() ?? []];
        }
    }

    /// <summary>The objects as they were at a past revision, or null when that is compacted.</summary>
    public IReadOnlyList<StoredObject>? ListAt(Kind kind, string? ns, long revision)
    {
        lock (Gate)
        {
            if (revision < CompactedRevision)
            {
                return null;
            }

            var state = List(kind, ns).ToDictionary(item => item.Key);
            for (var node = history.Last; node is not null && node.Value.Revision > revision; node = node.Previous)
            {
                var change = node.Value;
                if (change.Key.Kind != kind || (ns is not null && change.Key.Namespace != ns))
                {
                    continue;
                }

                state.Remove(change.Key);
                if (change.Before is { } before)
                {
                    state[change.Key] = before;
                }
            }

            return [.. state.Values.OrderBy(item => item.Key.Namespace, StringComparer.Ordinal)
                .ThenBy(item => item.Key.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The objects that name this uid among their owners.</summary>
    public IReadOnlyList<StoredObject> DependentsOf(string uid)
    {
        lock (Gate)
        {
            return dependents.TryGetValue(uid, out var keys) ? [.. keys.Select(Find).OfType<StoredObject>()] : [];
        }
    }

    public StoredObject Put(ObjectKey key, JsonObject body)
    {
        lock (Gate)
        {
            var before = Find(key);
            var revision = ++Revision;
            body.Ensure("metadata")["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            var stored = new StoredObject(key, body, revision);
            Place(stored, before);
            Publish(new(before is null ? ChangeType.Added : ChangeType.Modified, stored, before));
            return stored;
        }
    }

    public void Remove(StoredObject stored)
    {
        lock (Gate)
        {
            var last = stored.Body.Clone();
            var revision = ++Revision;
            last.Ensure("metadata")["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
            objects[stored.Key.Kind].GetValueOrDefault(stored.Key.Namespace)?.Remove(stored.Key.Name);
            Unindex(stored);
            Publish(new(ChangeType.Deleted, new(stored.Key, last, revision), stored));
        }
    }

    /// <summary>Every change after a revision, as it happens; null when the changes since then are forgotten.</summary>
    public Subscription? Subscribe(long after)
    {
        lock (Gate)
        {
            if (after < CompactedRevision)
            {
                return null;
            }

            var subscription = new Subscription(this);
            foreach (var change in history.Where(change => change.Revision > after))
            {
                subscription.Offer(change);
            }

            subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>Ends every watch, as a restarted or overloaded server does.</summary>
    public int DropSubscriptions()
    {
        lock (Gate)
        {
            var dropped = subscriptions.Count;
            subscriptions.ForEach(subscription => subscription.Complete());
            subscriptions.Clear();
            return dropped;
        }
    }

    /// <summary>Forgets all past changes; who asks for them is told that they are gone.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            CompactedRevision = Revision;
            history.Clear();
        }
    }

    /// <summary>
    /// Takes over a saved state in place of the present one. What goes is announced as deleted to those who follow the store itself;
    /// watches get nothing, and the past is compacted.
    /// </summary>
    public void Load(long revision, IEnumerable<StoredObject> saved)
    {
        lock (Gate)
        {
            foreach (var present in KindCatalog.Stored.SelectMany(kind => List(kind)).ToList())
            {
                objects[present.Key.Kind][present.Key.Namespace].Remove(present.Key.Name);
                Unindex(present);
                Changed?.Invoke(new(ChangeType.Deleted, present, present));
            }

            foreach (var stored in saved)
            {
                Place(stored, null);
            }

            Revision = revision;
            Compact();
        }
    }

    private void Place(StoredObject stored, StoredObject? before)
    {
        var namespaces = objects[stored.Key.Kind];
        if (!namespaces.TryGetValue(stored.Key.Namespace, out var inside))
        {
            namespaces[stored.Key.Namespace] = inside = new(StringComparer.Ordinal);
        }

        inside[stored.Key.Name] = stored;
        if (before is not null)
        {
            Unindex(before);
        }

        byUid[stored.Uid] = stored.Key;
        foreach (var owner in stored.Body.Items("metadata", "ownerReferences"))
        {
            var uid = owner.Text("uid") ?? "";
            if (!dependents.TryGetValue(uid, out var keys))
            {
                dependents[uid] = keys = [];
            }

            keys.Add(stored.Key);
        }
    }

    private void Unindex(StoredObject stored)
    {
        byUid.Remove(stored.Uid);
        foreach (var owner in stored.Body.Items("metadata", "ownerReferences"))
        {
            if (dependents.TryGetValue(owner.Text("uid") ?? "", out var keys) && keys.Remove(stored.Key) && keys.Count == 0)
            {
                dependents.Remove(owner.Text("uid") ?? "");
            }
        }
    }

    private void Publish(Change change)
    {
        history.AddLast(change);
        while (history.Count > historyLength)
        {
            CompactedRevision = history.First!.Value.Revision;
            history.RemoveFirst();
        }

        subscriptions.ForEach(subscription => subscription.Offer(change));
        Changed?.Invoke(change);
    }

    internal sealed class Subscription(ObjectStore store) : IDisposable
    {
        private readonly Channel<Change> changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });

        /// <summary>Ends when the subscription is dropped.</summary>
        public ChannelReader<Change> Changes => changes.Reader;

        public void Offer(Change change) => changes.Writer.TryWrite(change);

        public void Complete() => changes.Writer.TryComplete();

        public void Dispose()
        {
            lock (store.Gate)
            {
                store.subscriptions.Remove(this);
            }
        }
    }
}
