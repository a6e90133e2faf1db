namespace Platform.Simulators.Kubernetes.Kinds;

/// <summary>What the API says about one kind of object, and what the store has to know to treat it as the real server does.</summary>
internal sealed record Kind(string Group, string Version, string Name, string Plural)
{
    public bool Namespaced { get; init; } = true;

    public string[] ShortNames { get; init; } = [];

    /// <summary>Whether status is written through its own path, and ignored on the main one.</summary>
    public bool HasStatus { get; init; }

    public bool HasScale { get; init; }

    /// <summary>Whether metadata.generation counts the changes of spec; not every kind has it.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Part of what "kubectl get all" shows.</summary>
    public bool InAll { get; init; }

    /// <summary>Computed on each read (metrics), so it can be neither written nor watched.</summary>
    public bool Computed { get; init; }

    public required Shape Shape { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The resource with its group, as messages name it: deployments.apps.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The kind with its group, as messages about invalid objects name it: Deployment.apps.</summary>
    public string QualifiedName => Group.Length == 0 ? Name : $"{Name}.{Group}";

    public bool Equals(Kind? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => Resource;
}
