using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Manifests;

/// <summary>How we know our objects again. Ids are written whole, so that nothing is adopted by a likeness.</summary>
internal static class Labels
{
    public const string ManagedBy = "app.kubernetes.io/managed-by";
    public const string Us = "platform-provisioner";
    public const string Instance = "provisioner.platform/instance";
    public const string User = "provisioner.platform/user";
    public const string Subscription = "provisioner.platform/subscription";

    /// <summary>Annotation of the pods: the generation of the wish that they were made for.</summary>
    public const string Generation = "provisioner.platform/generation";

    /// <summary>Everything that is ours in the cluster.</summary>
    public const string AllOurs = $"{ManagedBy}={Us}";

    public static string OfInstance(Guid instance) => $"{Instance}={instance}";

    public static bool AreOf(this KubernetesObject found, Guid instance) =>
        found.Label(ManagedBy) == Us && found.Label(Instance) == instance.ToString();

    public static bool AreOfUser(this KubernetesObject found, Guid user) =>
        found.Label(ManagedBy) == Us && found.Label(User) == user.ToString();

    public static Guid? InstanceOf(KubernetesObject found) => Guid.TryParse(found.Label(Instance), out var id) ? id : null;
}
