using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>Binds claims to (unseen) volumes, lets them grow, and keeps a deleted claim while a pod uses it.</summary>
internal sealed class VolumeBinder(
    ObjectStore store, ObjectWriter writer, EventRecorder events, Stopwatches watches, Pace pace) : IController
{
    public const string Protection = "kubernetes.io/pvc-protection";
    private const string Component = "persistentvolume-controller";

    public IEnumerable<ObjectKey> Concerned(Change change)
    {
        if (change.Key.Kind == KindCatalog.PersistentVolumeClaim)
        {
            return [change.Key];
        }

        return change.Key.Kind == KindCatalog.Pod && change.Type == ChangeType.Deleted
            ? Used(change.Object).Select(name => new ObjectKey(KindCatalog.PersistentVolumeClaim, change.Key.Namespace, name))
            : [];
    }

    public TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(key) is not { } claim)
        {
            return null;
        }

        if (claim.IsTerminating)
        {
            if (!store.List(KindCatalog.Pod, key.Namespace).Any(pod => Used(pod).Contains(key.Name)))
            {
                writer.Change(key, Write.Controller("kube-controller-manager"), body =>
                {
                    var finalizers = body.Ensure("metadata")["finalizers"]?.AsArray();
                    finalizers?.Remove(finalizers.FirstOrDefault(item => item.Text() == Protection));
                    return (body, null);
                });
            }

            return null;
        }

        if (claim.Body.Text("status", "phase") == "Bound")
        {
            Grow(claim);
            return null;
        }

        var selected = claim.Body.Text("metadata", "annotations", Scheduler.SelectedNode);
        if (StorageClass.Find(claim.Body) is not { } storage)
        {
            events.Warning(
                claim, Component, "ProvisioningFailed",
                $"storageclass.storage.k8s.io \"{claim.Body.Text("spec", "storageClassName")}\" not found");
            return null;
        }

        if (storage.WaitsForConsumer && selected is null)
        {
            events.Normal(claim, Component, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
            return null;
        }

        if (watches.Left(claim, "bind", pace.Bind) is { } left)
        {
            return left;
        }

        Bind(claim);
        return null;
    }

    private void Bind(StoredObject claim)
    {
        var volume = $"pvc-{claim.Uid}";
        writer.Change(claim.Key, Write.Controller("kube-controller-manager"), body =>
        {
            body.Ensure("spec")["volumeName"] = volume;
            body.Ensure("metadata", "annotations")["pv.kubernetes.io/bind-completed"] = "yes";
            body.Ensure("metadata", "annotations")["pv.kubernetes.io/bound-by-controller"] = "yes";
            return (body, null);
        });
        writer.Change(claim.Key, Write.Controller("kube-controller-manager", "status"), body =>
        {
            var status = body.Ensure("status");
            status["phase"] = "Bound";
            status.Put("accessModes", body.At("spec", "accessModes")?.DeepClone());
            status.Ensure("capacity").Put("storage", body.At("spec", "resources", "requests", "storage")?.DeepClone());
            return (body, null);
        });
        events.Normal(claim, Component, "ProvisioningSucceeded", $"Successfully provisioned volume {volume}");
    }

    private void Grow(StoredObject claim)
    {
        var asked = claim.Body.At("spec", "resources", "requests", "storage");
        if (Quantity.Of(asked) > Quantity.Of(claim.Body.At("status", "capacity", "storage")))
        {
            writer.Change(claim.Key, Write.Controller("kube-controller-manager", "status"), body =>
            {
                body.Ensure("status", "capacity").Put("storage", asked!.DeepClone());
                return (body, null);
            });
        }
    }

    private static IEnumerable<string> Used(StoredObject pod) =>
        pod.Body.Items("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>();
}
