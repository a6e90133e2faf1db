using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>
/// Writes Event objects. The same event about the same object is counted, not written again; an hour later it is forgotten.
/// </summary>
internal sealed class EventRecorder(ObjectStore store, ObjectWriter writer, ObjectRemover remover, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset Written, ObjectKey Key, string Identity)> written = new();

    public void Normal(StoredObject about, string component, string reason, string message) =>
        Record(about, component, "Normal", reason, message);

    public void Warning(StoredObject about, string component, string reason, string message) =>
        Record(about, component, "Warning", reason, message);

    private void Record(StoredObject about, string component, string type, string reason, string message)
    {
        var ns = about.Key.Kind.Namespaced ? about.Key.Namespace : "default";
        var identity = string.Join('\n', about.Uid, component, reason, message);
        var write = Write.Controller(component);
        lock (store.Gate)
        {
            Forget();
            if (names.TryGetValue(identity, out var name) && store.Find(KindCatalog.Event, ns, name) is { } present)
            {
                writer.Change(present.Key, write, body =>
                {
                    body["count"] = (body.Number("count") ?? 1) + 1;
                    body["lastTimestamp"] = writer.Now();
                    return (body, null);
                });
                return;
            }

            // The real suffix is the time in hexadecimal; the revision keeps two events of one moment apart.
            name = string.Create(CultureInfo.InvariantCulture, $"{about.Key.Name}.{clock.GetUtcNow().Ticks + store.Revision:x16}");
            var outcome = writer.Create(KindCatalog.Event, ns, Compose(about, ns, name, component, type, reason, message), write);
            if (outcome.Object is { } created)
            {
                names[identity] = name;
                written.Enqueue((clock.GetUtcNow(), created.Key, identity));
            }
            else if (outcome.Refusal!.Code is not (403 or 404))
            {
                // A namespace that is going away takes no more events; any other refusal is a mistake of this simulator.
                throw new InvalidOperationException($"The event {reason} was refused: {outcome.Refusal.Message}");
            }
        }
    }

    private JsonObject Compose(
        StoredObject about, string ns, string name, string component, string type, string reason, string message)
    {
        var involved = new JsonObject
        {
            ["kind"] = about.Key.Kind.Name,
            ["name"] = about.Key.Name,
            ["uid"] = about.Uid,
            ["apiVersion"] = about.Key.Kind.ApiVersion,
            ["resourceVersion"] = about.Body.Text("metadata", "resourceVersion"),
        };
        involved.Put("namespace", about.Key.Kind.Namespaced ? about.Key.Namespace : null);
        var source = new JsonObject { ["component"] = component };
        source.Put("host", component == "kubelet" ? about.Body.Text("spec", "nodeName") : null);
        return new()
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
            ["involvedObject"] = involved,
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = source,
            ["firstTimestamp"] = writer.Now(),
            ["lastTimestamp"] = writer.Now(),
            ["count"] = 1,
            ["type"] = type,
            ["reportingComponent"] = component,
            ["reportingInstance"] = source.Text("host") ?? "",
        };
    }

    private void Forget()
    {
        while (written.TryPeek(out var oldest) && clock.GetUtcNow() - oldest.Written > Lifetime)
        {
            written.Dequeue();
            names.Remove(oldest.Identity);
            remover.Delete(oldest.Key, new());
        }
    }
}
