using System.Globalization;
using System.Text;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Workloads;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>pods/log: what a container has printed, and with follow=true what it prints from now on.</summary>
internal sealed class LogEndpoint(ObjectStore store, LogBook book, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public async Task Handle(HttpContext http, ApiTarget target)
    {
        var query = http.Request.Query;
        var previous = query["previous"] == "true";
        if (target.Verb != "get" || store.Find(target.Key) is not { } pod)
        {
            await Answers.Refuse(http, target.Verb == "get" ? Refusal.NotFound(target.Kind, target.Name!) : Refusal.MethodNotAllowed());
            return;
        }

        var (lines, refusal) = Lines(pod, query["container"], previous);
        if (refusal is not null)
        {
            await Answers.Refuse(http, refusal);
            return;
        }

        http.Response.ContentType = "text/plain";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await Print(http, pod, lines!, query, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A reader who leaves ends a log; that is how following is meant to end.
        }
    }

    private (IEnumerable<LogLine>? Lines, Refusal? Refusal) Lines(StoredObject pod, string? name, bool previous)
    {
        var containers = pod.Body.Items("spec", "containers").ToList();
        if (string.IsNullOrEmpty(name) && containers.Count > 1)
        {
            return (null, Refusal.BadRequest(
                $"a container name must be specified for pod {pod.Key.Name}, choose one of: "
                + $"[{string.Join(' ', containers.Select(each => each.Text("name")))}]"));
        }

        var container = containers.Find(each => string.IsNullOrEmpty(name) || each.Text("name") == name);
        if (container is null)
        {
            return (null, Refusal.BadRequest($"container {name} is not valid for pod {pod.Key.Name}"));
        }

        var status = pod.Body.Items("status", "containerStatuses").FirstOrDefault(each => each.Text("name") == container.Text("name"));
        var restarts = status.Number("restartCount") ?? 0;
        var ended = status.At("lastState", "terminated");
        if (ended is not null && (previous || status.At("state", "running") is null))
        {
            return (book.Lines(pod, container, Time(ended.Text("startedAt")), restarts - 1, true, ended.Text("reason")), null);
        }

        if (previous)
        {
            return (null, Refusal.BadRequest(
                $"previous terminated container \"{container.Text("name")}\" in pod \"{pod.Key.Name}\" not found"));
        }

        return status.Text("state", "running", "startedAt") is { } started
            ? (book.Lines(pod, container, Time(started), restarts, false, null), null)
            : (null, Refusal.BadRequest(
                $"container \"{container.Text("name")}\" in pod \"{pod.Key.Name}\" is waiting to start: "
                + (status.Text("state", "waiting", "reason") ?? "ContainerCreating")));
    }

    private async Task Print(HttpContext http, StoredObject pod, IEnumerable<LogLine> lines, IQueryCollection query, CancellationToken stop)
    {
        var timestamps = query["timestamps"] == "true";
        var now = clock.GetUtcNow();
        var since = long.TryParse(query["sinceSeconds"], CultureInfo.InvariantCulture, out var seconds) ? now.AddSeconds(-seconds)
            : DateTimeOffset.TryParse(query["sinceTime"], CultureInfo.InvariantCulture, out var time) ? time
            : DateTimeOffset.MinValue;
        var tail = int.TryParse(query["tailLines"], CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue;
        var room = long.TryParse(query["limitBytes"], CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue;
        using var source = lines.GetEnumerator();
        var past = new List<LogLine>();
        LogLine? next = null;
        while (next is null && source.MoveNext())
        {
            if (source.Current.Time > now)
            {
                next = source.Current;
            }
            else if (source.Current.Time >= since)
            {
                past.Add(source.Current);
            }
        }

        foreach (var line in past.Skip(Math.Max(0, past.Count - tail)))
        {
            room = await Write(http, line, timestamps, room, stop);
        }

        await http.Response.Body.FlushAsync(stop);
        while (query["follow"] == "true" && next is not null && room > 0 && await Wait(pod, next.Time, stop))
        {
            room = await Write(http, next, timestamps, room, stop);
            await http.Response.Body.FlushAsync(stop);
            next = source.MoveNext() ? source.Current : null;
        }
    }

    // False when the container stops before its next line is due.
    private async Task<bool> Wait(StoredObject pod, DateTimeOffset until, CancellationToken stop)
    {
        var restarts = Restarts(pod);
        using var changes = store.Subscribe(long.MaxValue)!;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<bool>? more = null;
        while (store.FindByUid(pod.Uid) is { } current && Restarts(current) == restarts)
        {
            var left = until - clock.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return true;
            }

            var tick = Task.Delay(left, clock, pause.Token);
            more ??= changes.Changes.WaitToReadAsync(pause.Token).AsTask();
            if (await Task.WhenAny(more, tick) == more)
            {
                if (!await more)
                {
                    return false;
                }

                while (changes.Changes.TryRead(out _))
                {
                    // Any change is a reason to look at the pod again; which one does not matter.
                }

                more = null;
            }

            stop.ThrowIfCancellationRequested();
        }

        return false;
    }

    private static long Restarts(StoredObject pod) =>
        pod.Body.Items("status", "containerStatuses").Sum(container => container.Number("restartCount") ?? 0);

    private static async Task<long> Write(HttpContext http, LogLine line, bool timestamps, long room, CancellationToken stop)
    {
        var stamp = timestamps
            ? line.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff'Z' ", CultureInfo.InvariantCulture)
            : "";
        var bytes = Encoding.UTF8.GetBytes($"{stamp}{line.Text}\n");
        await http.Response.Body.WriteAsync(bytes.AsMemory(0, (int)Math.Min(bytes.Length, Math.Max(0, room))), stop);
        return room - bytes.Length;
    }

    private static DateTimeOffset Time(string? text) => DateTimeOffset.Parse(text!, CultureInfo.InvariantCulture);
}
