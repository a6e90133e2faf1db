using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Controllers;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>
/// What the cluster adds to a new object or refuses it for, because of other objects: its namespace, service account, LimitRange and
/// ResourceQuota. Pod Security labels are kept but not enforced.
/// </summary>
internal sealed class Admission(ObjectStore store)
{
    public Refusal? Namespace(Kind kind, string ns, string name)
    {
        if (!kind.Namespaced)
        {
            return null;
        }

        if (store.Find(KindCatalog.Namespace, "", ns) is not { } home)
        {
            return Refusal.NotFound(KindCatalog.Namespace, ns);
        }

        return home.IsTerminating
            ? Refusal.Forbidden(
                kind, name, $"unable to create new content in namespace {ns} because it is being terminated",
                new Cause("NamespaceTerminating", $"namespace {ns} is being terminated", "metadata.namespace"))
            : null;
    }

    /// <summary>Completes a new pod in place, and says why it may not be, if so.</summary>
    public Refusal? Pod(string ns, string name, JsonObject pod)
    {
        var spec = pod.Ensure("spec");
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName")!);
        var account = spec.Text("serviceAccountName")!;
        if (store.Find(KindCatalog.ServiceAccount, ns, account) is null)
        {
            return Refusal.Forbidden(
                KindCatalog.Pod, name,
                $"error looking up service account {ns}/{account}: {Refusal.NotFound(KindCatalog.ServiceAccount, account).Message}");
        }

        var problems = new List<string>();
        foreach (var limit in store.List(KindCatalog.LimitRange, ns).SelectMany(range => range.Body.Items("spec", "limits")))
        {
            if (limit.Text("type") == "Container")
            {
                foreach (var container in pod.Items("spec", "containers"))
                {
                    Complete(container.Ensure("resources"), limit);
                    Exceeds(container.Ensure("resources"), limit, problems);
                }
            }
        }

        return problems.Count == 0
            ? null
            : Refusal.Forbidden(KindCatalog.Pod, name, problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]");
    }

    /// <summary>
    /// Says why an object does not fit into the quotas of its namespace; what the version before it used is given back first.
    /// </summary>
    public Refusal? Quota(Kind kind, string ns, string name, JsonObject body, JsonObject? before)
    {
        if (!kind.Namespaced || !QuotaUse.Counts(kind) || store.List(KindCatalog.ResourceQuota, ns) is not { Count: > 0 } quotas)
        {
            return null;
        }

        var asked = QuotaUse.Of(kind, body);
        foreach (var (resource, amount) in before is null ? [] : QuotaUse.Of(kind, before))
        {
            asked[resource] = asked.GetValueOrDefault(resource) - amount;
        }

        var used = QuotaUse.OfNamespace(store, ns);
        foreach (var quota in quotas)
        {
            var hard = quota.Body.Map("spec", "hard").ToDictionary(pair => pair.Key, pair => Quantity.TryParse(pair.Value) ?? 0);
            if (kind == KindCatalog.Pod && Unstated(body, hard.Keys) is { } unstated)
            {
                return Refusal.Forbidden(kind, name, $"failed quota: {quota.Key.Name}: {unstated}");
            }

            var over = hard.Keys.Where(resource => asked.GetValueOrDefault(resource) > 0
                && used.GetValueOrDefault(resource) + asked[resource] > hard[resource]).Order(StringComparer.Ordinal).ToList();
            if (over.Count > 0)
            {
                string List(IReadOnlyDictionary<string, decimal> of) => string.Join(
                    ',', over.Select(resource => $"{resource}={QuotaUse.Show(resource, of.GetValueOrDefault(resource))}"));
                return Refusal.Forbidden(
                    kind, name,
                    $"exceeded quota: {quota.Key.Name}, requested: {List(asked)}, used: {List(used)}, limited: {List(hard)}");
            }
        }

        return null;
    }

    /// <summary>Says why a claim may not grow: K3s' local-path volumes cannot.</summary>
    public static Refusal? Growth(Kind kind, string name, JsonObject body, JsonObject before) =>
        kind == KindCatalog.PersistentVolumeClaim && StorageClass.Find(body) is not { Expands: true }
            && Quantity.Of(body.At("spec", "resources", "requests", "storage"))
                > Quantity.Of(before.At("spec", "resources", "requests", "storage"))
            ? Refusal.Forbidden(
                kind, name,
                "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize")
            : null;

    private static void Complete(JsonObject resources, JsonObject limit)
    {
        foreach (var (name, value) in limit.Map("default"))
        {
            if (resources.At("limits", name) is null)
            {
                resources.Ensure("limits")[name] = value;
            }
        }

        foreach (var (name, value) in limit.Map("defaultRequest"))
        {
            if (resources.At("requests", name) is null)
            {
                resources.Ensure("requests")[name] = value;
            }
        }
    }

    private static void Exceeds(JsonObject resources, JsonObject limit, List<string> problems)
    {
        foreach (var (name, most) in limit.Map("max"))
        {
            if (resources.At("limits", name) is not { } stated)
            {
                problems.Add($"maximum {name} usage per Container is {most}. No limit is specified");
            }
            else if (Quantity.Of(stated) > Quantity.TryParse(most))
            {
                problems.Add($"maximum {name} usage per Container is {most}, but limit is {stated}");
            }
        }

        foreach (var (name, least) in limit.Map("min"))
        {
            if (resources.At("requests", name) is { } stated && Quantity.Of(stated) < Quantity.TryParse(least))
            {
                problems.Add($"minimum {name} usage per Container is {least}, but request is {stated}");
            }
        }
    }

    // A quota on cpu or memory makes stating them a duty of every container.
    private static string? Unstated(JsonObject pod, IEnumerable<string> limited)
    {
        var problems = limited.Order(StringComparer.Ordinal).Select(resource =>
        {
            var path = resource is "cpu" or "memory" ? ["requests", resource] : resource.Split('.');
            if (path is not ["requests" or "limits", "cpu" or "memory"])
            {
                return null;
            }

            var silent = pod.Items("spec", "containers").Where(container => container.At("resources", path[0], path[1]) is null)
                .Select(container => container.Text("name")).ToList();
            return silent.Count == 0 ? null : $"{resource} for: {string.Join(',', silent)}";
        }).OfType<string>().ToList();
        return problems.Count == 0 ? null : $"must specify {string.Join("; ", problems)}";
    }
}
