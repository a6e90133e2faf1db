using Platform.Simulators.Kubernetes.Storage;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>What happens to fields that a kind does not have (the fieldValidation parameter).</summary>
internal enum UnknownFields
{
    Ignore,
    Warn,
    Refuse,
}

/// <summary>Who writes, and how.</summary>
internal sealed record Write(string Manager)
{
    public string? Subresource { get; init; }

    public bool DryRun { get; init; }

    public UnknownFields UnknownFields { get; init; } = UnknownFields.Ignore;

    /// <summary>The cluster's own controllers may change what is immutable for others.</summary>
    public bool ByController { get; init; }

    public static Write Controller(string manager, string? subresource = null) =>
        new(manager) { Subresource = subresource, ByController = true };
}

/// <summary>The object after a write, or the refusal.</summary>
internal sealed record Outcome(StoredObject? Object, Refusal? Refusal)
{
    public bool Created { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public static implicit operator Outcome(Refusal refusal) => new(null, refusal);
}
