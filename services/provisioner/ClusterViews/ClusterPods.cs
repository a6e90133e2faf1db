using System.ComponentModel.DataAnnotations;
using Platform.Hosting;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.ClusterViews;

/// <summary>The pods of the cluster for administrators; shape of api.md §6.4.</summary>
internal static class ClusterPods
{
    private const string NamespaceName = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";

    public static void MapClusterViews(this IEndpointRouteBuilder routes)
    {
        var cluster = routes.MapGroup("/api/admin/k8s").WithTags("Cluster").RequireAuthorization(Tokens.AdministratorPolicy);
        cluster.MapGet("/pods", List).WithName("ListPods");
    }

    private static async Task<IResult> List(KubernetesClient cluster, CancellationToken ct,
        [RegularExpression(NamespaceName, ErrorMessage = "The namespace is not a name of Kubernetes.")] string? @namespace = null)
    {
        try
        {
            var pods = await cluster.ListAsync<Pod>(@namespace, null, ct);
            var metrics = await MetricsAsync(cluster, @namespace, ct);
            var views = pods.Items.Select(pod => PodView.Of(pod, metrics.GetValueOrDefault((pod.Metadata.Namespace, pod.Metadata.Name))))
                .ToList();
            return Answer.Ok(new PodList(views, views.Count));
        }
        catch (KubernetesException e)
        {
            return e.ToProblem();
        }
    }

    // One list for all pods. Without a metrics server the pods are shown all the same, their usage unknown.
    private static async Task<Dictionary<(string?, string?), PodMetrics>> MetricsAsync(KubernetesClient cluster, string? ns,
        CancellationToken ct)
    {
        try
        {
            var metrics = await cluster.ListAsync<PodMetrics>(ns, null, ct);
            return metrics.Items.ToDictionary(pod => (pod.Metadata.Namespace, pod.Metadata.Name));
        }
        catch (KubernetesException)
        {
            return [];
        }
    }
}
