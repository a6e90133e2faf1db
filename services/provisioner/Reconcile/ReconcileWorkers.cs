using Microsoft.Extensions.Options;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Reconcile;

/// <summary>N workers over the queue, and the search for rows that are due: a missed wake-up costs time and nothing else.</summary>
internal sealed partial class ReconcileWorkers(ReconcileQueue queue, Claims claims, Deploying deploying, Terminating terminating,
    IOptions<ProvisionerOptions> settings, ILogger<ReconcileWorkers> log) : BackgroundService
{
    private readonly ProvisionerOptions options = settings.Value;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([SearchAsync(stoppingToken), .. Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(stoppingToken))]);

    private async Task SearchAsync(CancellationToken ct)
    {
        // The pace of the search is real time; what is due is judged by the application's clock.
        using var timer = new PeriodicTimer(options.Poll, TimeProvider.System);
        try
        {
            do
            {
                try
                {
                    queue.AddPostponed();
                    foreach (var id in await claims.DueAsync(ct))
                        queue.Add(id);
                }
                catch (Exception e) when (!ct.IsCancellationRequested)
                {
                    SearchFailed(log, e);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The service is stopping.
        }
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (true)
        {
            Work work;
            try
            {
                work = await queue.TakeAsync(ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await PassAsync(work, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Nothing was stored; the lease ends by itself, and the search finds the row again.
                PassFailed(log, work.Instance, e);
            }
            finally
            {
                queue.Done(work.Instance);
            }
        }
    }

    private async Task PassAsync(Work work, CancellationToken ct)
    {
        if (await claims.TakeAsync(work.Instance, ct) is not { } claim)
        {
            if (await claims.IsHeldAsync(work.Instance, ct))
                queue.AddLater(work);
            return;
        }

        var findings = new Findings();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Lease * 2 / 3);
        try
        {
            if (claim.Instance.Wish == Wish.Run)
                await deploying.RunAsync(claim.Instance, claim.Tenancy, work.Full, findings, limit.Token);
            else
                await terminating.RunAsync(claim, findings, limit.Token);
        }
        catch (KubernetesException e)
        {
            findings.Fault = e;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            findings.Fault = new(KubernetesFault.Timeout, "the whole pass", null, null, e);
        }
        catch (OperationCanceledException)
        {
            await claims.ReleaseAsync(claim, CancellationToken.None);
            throw;
        }
        catch (Exception e)
        {
            // A mistake of ours must not spin, nor hold up the wish's deadline: it counts as a failed try.
            PassFailed(log, work.Instance, e);
            findings.Fault = new(KubernetesFault.ServerError, "the whole pass", e.GetType().Name, null, e);
        }

        await claims.SettleAsync(claim, findings, CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Error, "A pass for instance {Instance} broke off; it is tried again")]
    private static partial void PassFailed(ILogger log, Guid instance, Exception e);

    [LoggerMessage(LogLevel.Warning, "The search for due instances failed; the next one follows")]
    private static partial void SearchFailed(ILogger log, Exception e);
}
