using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Metrics;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Instances;

internal static class InstanceEndpoints
{
    public static void MapInstances(this IEndpointRouteBuilder routes)
    {
        var instances = routes.MapGroup("/api/instances").WithTags("Instances").RequireAuthorization();
        instances.MapGet("/", List).WithName("ListInstances");
        instances.MapGet("/{id:guid}", Find).WithName("FindInstance");
        instances.MapGet("/{id:guid}/logs", InstanceLogs.Read).WithName("ReadInstanceLogs");
    }

    private static async Task<IResult> List(CurrentUser user, ProvisionerDbContext db, MetricSamples samples, CancellationToken ct,
        [AllowedValues(null, "PENDING", "PROVISIONING", "RUNNING", "STOPPED", "STOPPING", "ERROR", "TERMINATED", "MAINTENANCE",
            ErrorMessage = "There is no such status.")] string? status = null,
        bool? includeTerminated = null)
    {
        var own = db.Instances.AsNoTracking().Where(instance => instance.UserId == user.Id && instance.Name != null);
        // A status that is asked for by name counts, also TERMINATED; some of them the provisioner does not bring about yet.
        if (status is not null)
            own = Enum.TryParse<InstanceStatus>(status, ignoreCase: true, out var wanted)
                ? own.Where(instance => instance.Status == wanted)
                : own.Where(_ => false);
        else if (includeTerminated != true)
            own = own.Where(instance => instance.TerminatedAt == null);
        var found = await own.OrderByDescending(instance => instance.CreatedAt).ThenByDescending(instance => instance.Id).ToListAsync(ct);
        return Answer.Ok(new InstanceList([.. found.Select(instance => InstanceView.Of(instance, samples))], found.Count));
    }

    private static async Task<IResult> Find(
        Guid id, CurrentUser user, ProvisionerDbContext db, KubernetesClient cluster, MetricSamples samples, CancellationToken ct)
    {
        if (await db.OwnInstanceAsync(id, user, ct) is not { } instance)
            return ProvisionerRefusals.InstanceNotFound.ToProblem();
        var view = InstanceView.Of(instance, samples);
        var encrypted = InstanceView.IsEncrypted(instance);
        return Answer.Ok(new InstanceDetail(view, await StatusAsync(instance, cluster, ct), new(view.PublicUrl, view.AdminUrl, null),
            new(encrypted, encrypted ? "Active" : "Disabled")));
    }

    /// <summary>Another user's instance is not found, not forbidden: the answer must not say that the id exists.</summary>
    public static Task<Instance?> OwnInstanceAsync(this ProvisionerDbContext db, Guid id, CurrentUser user, CancellationToken ct) =>
        db.Instances.AsNoTracking()
            .SingleOrDefaultAsync(instance => instance.Id == id && instance.UserId == user.Id && instance.Name != null, ct);

    // A cluster that does not answer makes this part unknown (null), and not the whole answer an error.
    private static async Task<ClusterPart?> StatusAsync(Instance instance, KubernetesClient cluster, CancellationToken ct)
    {
        if (instance.TerminatedAt is not null)
            return null;
        try
        {
            var pods = await cluster.ListAsync<Pod>(instance.Namespace, Labels.OfInstance(instance.Id), ct);
            return new([.. pods.Items.OrderByDescending(pod => pod.Metadata.CreationTimestamp).Select(PodOf)],
                instance.Namespace, instance.Name!, instance.Name!, instance.Name!);
        }
        catch (KubernetesException)
        {
            return null;
        }
    }

    private static PodPart PodOf(Pod pod) => new(pod.Metadata.Name ?? "", pod.Status?.Phase ?? "Unknown", pod.IsReady,
        pod.Status?.ContainerStatuses?.Sum(container => container.RestartCount) ?? 0, pod.Metadata.CreationTimestamp);
}
