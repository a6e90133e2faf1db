using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;

namespace Platform.Provisioner.Reconcile;

/// <summary>An object of our name carries somebody else's mark, or none.</summary>
internal sealed class NameTakenException(KubernetesObject found)
    : Exception($"{found.Kind} {found.Metadata.Namespace}/{found.Metadata.Name} is not ours.");

/// <summary>An object of ours is on its way out; a new one of its name has to wait.</summary>
internal sealed class StillEndingException(KubernetesObject found) : Exception($"{found.Kind} {found.Metadata.Name} is still ending.");

/// <summary>Looks at whose an object is before anything is written to it.</summary>
internal static class OwnObjects
{
    /// <summary>Applies an object of an instance: makes it, or brings the very one that is ours back to what it should be.</summary>
    public static async Task<T> ApplyOwnAsync<T>(this KubernetesClient cluster, Guid instance, T wanted, CancellationToken ct)
        where T : KubernetesObject, IResource
    {
        var found = await cluster.FindOwnAsync<T>(instance, wanted.Metadata.Namespace!, wanted.Metadata.Name!, ct);
        return await cluster.ApplyAsync(wanted with { Metadata = wanted.Metadata with { Uid = found?.Metadata.Uid } }, ct);
    }

    /// <exception cref="NameTakenException">It does not carry the instance's id.</exception>
    /// <exception cref="StillEndingException">It is being deleted.</exception>
    public static async Task<T?> FindOwnAsync<T>(this KubernetesClient cluster, Guid instance, string ns, string name, CancellationToken ct)
        where T : KubernetesObject, IResource
    {
        var found = await cluster.FindAsync<T>(ns, name, ct);
        if (found is null)
            return null;
        if (!found.AreOf(instance))
            throw new NameTakenException(found);
        return found.Metadata.DeletionTimestamp is null ? found : throw new StillEndingException(found);
    }
}
