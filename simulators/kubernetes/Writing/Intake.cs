using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>What every new object goes through: names, shape, defaults, admission, validation.</summary>
internal sealed class Intake(ObjectStore store, Identifiers identifiers, Admission admission)
{
    /// <summary>Everything that can be said against a new object before it is stored; completes the object on the way.</summary>
    public Refusal? Admit(Kind kind, string ns, ref JsonObject body, Write write, out IReadOnlyList<string> warnings)
    {
        warnings = [];
        body.DropNulls();
        body["apiVersion"] ??= kind.ApiVersion;
        body["kind"] ??= kind.Name;
        var metadata = body.Ensure("metadata");
        if (metadata["resourceVersion"] is not null)
        {
            return Refusal.BadRequest("resourceVersion should not be set on objects to be created");
        }

        if (metadata["name"] is null && metadata.Text("generateName") is { } prefix)
        {
            metadata["name"] = prefix + identifiers.Suffix();
        }

        if (metadata.Text("name") is not { Length: > 0 } name)
        {
            return Refusal.Invalid(
                kind, "", [new("FieldValueRequired", "Required value: name or generateName is required", "metadata.name")]);
        }

        Cleared(metadata);
        if (kind.Namespaced)
        {
            metadata["namespace"] = ns;
        }

        return CheckShape(kind, body, write, ref warnings) ?? Complete(kind, ns, name, body);
    }

    private Refusal? Complete(Kind kind, string ns, string name, JsonObject body)
    {
        if (admission.Namespace(kind, ns, name) is { } homeless)
        {
            return homeless;
        }

        if (store.Find(kind, ns, name) is not null)
        {
            return Refusal.AlreadyExists(kind, name);
        }

        Defaults.Fill(kind, body);
        if (kind == KindCatalog.Service)
        {
            Address(body.Ensure("spec"));
        }

        if (kind == KindCatalog.Pod && admission.Pod(ns, name, body) is { } forbidden)
        {
            return forbidden;
        }

        if (kind.HasStatus && (kind != KindCatalog.Node || body["status"] is null))
        {
            body["status"] = Defaults.InitialStatus(kind, body);
        }

        return Validation.Check(kind, body, null) is { Count: > 0 } causes
            ? Refusal.Invalid(kind, name, causes)
            : admission.Quota(kind, ns, name, body, null);
    }

    private static void Cleared(JsonObject metadata)
    {
        foreach (var field in new[]
                 {
                     "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields",
                     "selfLink",
                 })
        {
            metadata.Remove(field);
        }
    }

    public static Refusal? CheckShape(Kind kind, JsonObject body, Write write, ref IReadOnlyList<string> warnings)
    {
        var check = ShapeCheck.Of(body, kind.Shape);
        if (check.Unreadable.Count > 0)
        {
            return Refusal.BadRequest(
                $"{kind.Name} in version \"{kind.Version}\" cannot be handled as a {kind.Name}: {string.Join("; ", check.Unreadable)}");
        }

        var unknown = check.Unknown.Select(path => $"unknown field \"{path}\"").ToList();
        if (unknown.Count > 0 && write.UnknownFields == UnknownFields.Refuse)
        {
            return Refusal.BadRequest(
                $"{kind.Name} in version \"{kind.Version}\" cannot be handled as a {kind.Name}: "
                + $"strict decoding error: {string.Join(", ", unknown)}");
        }

        if (write.UnknownFields == UnknownFields.Warn)
        {
            warnings = unknown;
        }

        return check.Missing.Count > 0 && write.Subresource is null
            ? Refusal.Invalid(kind, body.Text("metadata", "name") ?? "", check.Missing)
            : null;
    }

    /// <summary>Gives a Service what it lacks of an address and node ports.</summary>
    public void Address(JsonObject spec)
    {
        if (spec.Text("type") == "ExternalName")
        {
            return;
        }

        spec.Default("clusterIP", identifiers.ServiceAddress());
        spec.Default("clusterIPs", new JsonArray(spec.Text("clusterIP")));
        if (spec.Text("type") is "NodePort" or "LoadBalancer")
        {
            foreach (var port in spec.Items("ports"))
            {
                port.Default("nodePort", identifiers.NodePort());
            }
        }
    }
}
