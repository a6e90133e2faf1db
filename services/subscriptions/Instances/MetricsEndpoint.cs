using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Instances;

/// <param name="Used">The same as <paramref name="Usage"/>: the specified name and the one that the frontend reads.</param>
internal sealed record MetricView<T>(T Used, T Usage, int Limit, int Percentage);

internal sealed record MetricsUrls(string Public, string Admin);

/// <param name="Cpu">Millicores.</param>
/// <param name="Memory">MB of 2^20 bytes, two decimals.</param>
internal sealed record MetricsView(
    Guid InstanceId, string Status, MetricView<long> Cpu, MetricView<decimal> Memory, DateTimeOffset Timestamp, MetricsUrls Urls);

/// <summary>GET /subscriptions/{id}/metrics: asked of the provisioner over the bus, set against the limits of the plan.</summary>
internal static class MetricsEndpoint
{
    private const decimal BytesPerMb = 1024 * 1024;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/subscriptions/{id:guid}/metrics", Read).WithTags("Subscriptions").WithName("ReadMetrics");

    private static async Task<IResult> Read(Guid id, CurrentUser user, SubscriptionsDbContext db,
        IRequestClient<GetInstanceMetrics> provisioner, CancellationToken ct)
    {
        var row = await (
            from s in db.Subscriptions.AsNoTracking()
            join plan in db.Plans on s.PlanId equals plan.Id
            join instance in db.Instances on s.InstanceId equals instance.Id
            where s.Id == id && s.UserId == user.Id
            select new { plan.Resources, instance }).SingleOrDefaultAsync(ct);
        if (row is null)
            return SubscriptionsRefusals.SubscriptionNotFound.ToProblem();
        if (row.instance.Status != "RUNNING")
            return SubscriptionsRefusals.NoInstance.ToProblem($"It is {row.instance.Status}.");
        try
        {
            var answer = await provisioner.GetResponse<InstanceMetrics, InstanceMetricsUnavailable>(new(row.instance.Id), ct);
            return answer.Is(out Response<InstanceMetrics>? metrics)
                ? Answer.Ok(View(metrics.Message, row.instance, row.Resources))
                : SubscriptionsRefusals.MetricsUnavailable.ToProblem("Ask again in a few seconds.", retryAfter: Soon);
        }
        catch (RequestTimeoutException)
        {
            return SubscriptionsRefusals.MetricsUnavailable.ToProblem("Ask again in a few seconds.", retryAfter: Soon);
        }
    }

    internal static MetricsView View(InstanceMetrics metrics, InstanceCopy instance, InstanceResources limits)
    {
        var memory = Math.Round(metrics.MemoryBytes / BytesPerMb, 2, MidpointRounding.AwayFromZero);
        return new(metrics.InstanceId, instance.Status,
            new(metrics.CpuMillis, metrics.CpuMillis, limits.CpuMillis, Percentage(metrics.CpuMillis, limits.CpuMillis)),
            new(memory, memory, limits.MemoryMib, Percentage(memory, limits.MemoryMib)),
            metrics.SampledAt, new(instance.PublicUrl, instance.AdminUrl));
    }

    private static int Percentage(decimal used, int limit) => (int)Math.Round(used / limit * 100, MidpointRounding.AwayFromZero);
}
