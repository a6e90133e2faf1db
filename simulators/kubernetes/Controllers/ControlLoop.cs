using System.Threading.Channels;
using Platform.Simulators.Kubernetes.Storage;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>One part of the cluster that keeps objects of a kind as they should be.</summary>
internal interface IController
{
    /// <summary>The objects that a change makes worth a look.</summary>
    IEnumerable<ObjectKey> Concerned(Change change);

    /// <summary>Brings one object closer to what it should be. Called by one thread, under the lock of the store.</summary>
    /// <returns>After how long to look again if nothing changes; null for never.</returns>
    TimeSpan? Reconcile(ObjectKey key);
}

/// <summary>
/// Runs all controllers on one thread over a queue without duplicates. Each look at an object holds the lock of the store, so
/// a controller never meets a change half way; what it writes comes back to the queue as a change.
/// </summary>
internal sealed partial class ControlLoop : BackgroundService
{
    private readonly ObjectStore store;
    private readonly IReadOnlyList<IController> controllers;
    private readonly TimeProvider clock;
    private readonly ILogger<ControlLoop> log;
    private readonly Channel<bool> wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock gate = new();
    private readonly Dictionary<(IController, ObjectKey), DateTimeOffset> due = [];
    private readonly PriorityQueue<(IController, ObjectKey), DateTimeOffset> queue = new();

    public ControlLoop(ObjectStore store, IEnumerable<IController> controllers, TimeProvider clock, ILogger<ControlLoop> log)
    {
        this.store = store;
        this.controllers = [.. controllers];
        this.clock = clock;
        this.log = log;
        store.Changed += Notice;
    }

    /// <summary>Looks at everything again, because something outside the store has changed: a rule, or a loaded snapshot.</summary>
    public void LookAtAll()
    {
        lock (store.Gate)
        {
            foreach (var stored in Kinds.KindCatalog.Stored.SelectMany(kind => store.List(kind)))
            {
                Notice(new(ChangeType.Modified, stored, stored));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Step();
            if (pause == TimeSpan.Zero)
            {
                continue;
            }

            using var timer = clock.CreateTimer(_ => wake.Writer.TryWrite(true), null, pause, Timeout.InfiniteTimeSpan);
            await wake.Reader.ReadAsync(stoppingToken);
        }
    }

    private void Notice(Change change)
    {
        foreach (var controller in controllers)
        {
            foreach (var key in controller.Concerned(change))
            {
                Enqueue(controller, key, clock.GetUtcNow());
            }
        }
    }

    private void Enqueue(IController controller, ObjectKey key, DateTimeOffset at)
    {
        lock (gate)
        {
            if (due.TryGetValue((controller, key), out var planned) && planned <= at)
            {
                return;
            }

            due[(controller, key)] = at;
            queue.Enqueue((controller, key), at);
        }

        wake.Writer.TryWrite(true);
    }

    // One look at one object; answers how long there is nothing to do.
    private TimeSpan Step()
    {
        IController controller;
        ObjectKey key;
        lock (gate)
        {
            if (!queue.TryPeek(out var next, out var at))
            {
                return Timeout.InfiniteTimeSpan;
            }

            var now = clock.GetUtcNow();
            if (at > now)
            {
                // Timers count whole milliseconds, and must not fire early and find nothing due.
                return TimeSpan.FromMilliseconds(Math.Ceiling((at - now).TotalMilliseconds));
            }

            queue.Dequeue();
            if (!due.TryGetValue(next, out var planned) || planned != at)
            {
                return TimeSpan.Zero;
            }

            due.Remove(next);
            (controller, key) = next;
        }

        try
        {
            TimeSpan? again;
            lock (store.Gate)
            {
                again = controller.Reconcile(key);
            }

            if (again is { } pause)
            {
                Enqueue(controller, key, clock.GetUtcNow() + pause);
            }
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // One object that a controller cannot handle must not stop the cluster; it is tried again and stays visible in the log.
            Failed(log, problem, controller.GetType().Name, key.Namespace, key.Name);
            Enqueue(controller, key, clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        }

        return TimeSpan.Zero;
    }

    [LoggerMessage(LogLevel.Error, "{Controller} cannot handle {Namespace}/{Name}")]
    private static partial void Failed(ILogger log, Exception problem, string controller, string @namespace, string name);
}
