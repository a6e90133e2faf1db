using System.Text.Json.Serialization;

namespace Platform.Provisioner.Kubernetes;

/// <summary>How a kind is addressed.</summary>
/// <param name="Group">Empty for the core group.</param>
internal sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path below the server's address. All parts are escaped, so that no name can leave its place.</summary>
    public string Path(string? ns, string? name) =>
        (Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}")
        + (Namespaced && ns is not null ? $"/namespaces/{Uri.EscapeDataString(ns)}" : "")
        + $"/{Plural}"
        + (name is null ? "" : $"/{Uri.EscapeDataString(name)}");
}

/// <summary>A kind that the client can address without an object of it.</summary>
internal interface IResource
{
    static abstract ResourceType Type { get; }
}

internal abstract record KubernetesObject
{
    [JsonPropertyOrder(-3)] public string ApiVersion => ResourceType().ApiVersion;
    [JsonPropertyOrder(-2)] public string Kind => ResourceType().Kind;
    [JsonPropertyOrder(-1)] public ObjectMeta Metadata { get; init; } = new();

    /// <summary>A method, because a property would be sent to the server as a field of the object.</summary>
    public abstract ResourceType ResourceType();

    public string? Label(string name) => Metadata.Labels?.GetValueOrDefault(name);
}

internal sealed record ObjectMeta
{
    public string? Name { get; init; }
    public string? Namespace { get; init; }
    public string? Uid { get; init; }
    public string? ResourceVersion { get; init; }

    /// <summary>Counts the changes of the spec, not of the status.</summary>
    public long? Generation { get; init; }
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set while the object waits for its finalizers; it is on its way out.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
    public Dictionary<string, string>? Annotations { get; init; }
    public List<OwnerReference>? OwnerReferences { get; init; }
}

internal sealed record OwnerReference(string Kind, string Name, string Uid, bool? Controller = null);

internal sealed record LabelSelector
{
    public Dictionary<string, string>? MatchLabels { get; init; }
}

internal sealed record Condition(string Type, string Status, string? Reason = null, string? Message = null);
