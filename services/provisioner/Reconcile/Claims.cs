using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Storage;

namespace Platform.Provisioner.Reconcile;

/// <summary>An instance that this process may work on until its lease ends, as it was when it was claimed.</summary>
/// <param name="Tenancy">The sizes of all instances in the user's namespace, this one among them.</param>
internal sealed record Claim(Instance Instance, IReadOnlyList<InstanceResources> Tenancy, int LiveInstances);

/// <summary>
/// Shares the rows between the replicas: short transactions before and after the work in the cluster, none during it.
/// A worker that overslept its lease finds another lease number in the row, and what it found is dropped.
/// </summary>
internal sealed partial class Claims(IServiceScopeFactory scopes, TimeProvider clock, IOptions<ProvisionerOptions> settings,
    ILogger<Claims> log)
{
    private const int DueAtOnce = 500;
    private readonly ProvisionerOptions options = settings.Value;

    /// <returns>Null when there is nothing to do, somebody else is at it, or its wait after failures is not over.</returns>
    public async Task<Claim?> TakeAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>();
        var now = clock.GetUtcNow();
        var claimed = await db.Instances.FromSql($"""
            UPDATE provisioner.instances SET lease = lease + 1, lease_until = {now + options.Lease}
            WHERE id = (SELECT id FROM provisioner.instances
                WHERE id = {id} AND next_attempt_at IS NOT NULL AND (lease_until IS NULL OR lease_until <= {now})
                    AND (attempts = 0 OR next_attempt_at <= {now})
                FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        if (claimed is not [var instance])
            return null;

        // Those on their way out still use the quota.
        var tenancy = await db.Instances.AsNoTracking().Where(x => x.UserId == instance.UserId && x.TerminatedAt == null && x.Name != null)
            .Select(x => new InstanceResources(x.CpuMillis, x.MemoryMib, Math.Max(x.StorageGib, x.VolumeGib))).ToListAsync(ct);
        var live = await db.Instances.CountAsync(x => x.TerminatedAt == null, ct);
        return new(instance, tenancy, live);
    }

    /// <summary>Stores what a pass has found and says what follows from it, together.</summary>
    public async Task SettleAsync(Claim claim, Findings findings, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        var now = clock.GetStoredNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var row = await db.LockAsync(claim.Instance.Id, ct);
        if (row is null || row.Lease != claim.Instance.Lease)
        {
            LeaseLost(log, claim.Instance.Id);
            return;
        }

        if (row.Generation != claim.Instance.Generation || row.Wish != claim.Instance.Wish)
            row.Drop(now);
        else
            await publish.SayAsync(row.Settle(findings, now, options), ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        Raise(claim.Instance, row, findings);
    }

    /// <summary>Gives the instance back untouched, so that another replica need not wait for the lease to end.</summary>
    public async Task ReleaseAsync(Claim claim, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (id, lease) = (claim.Instance.Id, claim.Instance.Lease);
        await scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>().Instances.Where(x => x.Id == id && x.Lease == lease)
            .ExecuteUpdateAsync(set => set.SetProperty(x => x.LeaseUntil, (DateTimeOffset?)null), ct);
    }

    public async Task<List<Guid>> DueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        return await scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>().Instances
            .Where(x => x.NextAttemptAt <= now && (x.LeaseUntil == null || x.LeaseUntil <= now))
            .OrderBy(x => x.NextAttemptAt).Take(DueAtOnce).Select(x => x.Id).ToListAsync(ct);
    }

    /// <summary>True while the row is held by a worker, so that whoever was woken has to come again.</summary>
    public async Task<bool> IsHeldAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        return await scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>().Instances
            .AnyAsync(x => x.Id == id && x.NextAttemptAt != null && x.LeaseUntil > now, ct);
    }

    /// <summary>True when the user has an instance that is to run, so that the namespace stays.</summary>
    public async Task<bool> AnyWantedAsync(Guid user, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>().Instances
            .AnyAsync(x => x.UserId == user && x.Wish == Wish.Run, ct);
    }

    /// <summary>The instances of a user, or of everybody, that are not over.</summary>
    public async Task<List<Guid>> OpenAsync(Guid? user, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ProvisionerDbContext>().Instances
            .Where(x => x.TerminatedAt == null && (user == null || x.UserId == user)).Select(x => x.Id).ToListAsync(ct);
    }

    private void Raise(Instance before, Instance now, Findings findings)
    {
        if (findings.Fault is { } fault)
            CallFailed(log, now.Id, now.Attempts, fault.Message);
        if (now.AnsweredGeneration > before.AnsweredGeneration && now.Outcome == Outcome.Failed)
            WishFailed(log, now.Id, now.Generation, now.FailureCode!);
        if (now.Status == InstanceStatus.Error && before.Status == InstanceStatus.Running)
            RunningBroke(log, now.Id, now.BrokenCode ?? "");
        if (findings.Verdict is Verdict.Broken { Code: FailureCodes.NameTaken })
            NameTaken(log, now.Id, now.Namespace);
        if (now.Status != before.Status)
            StatusChanged(log, now.Id, before.Status, now.Status, now.Generation);
    }

    [LoggerMessage(LogLevel.Information, "Instance {Instance} went from {Before} to {Now} (generation {Generation})")]
    private static partial void StatusChanged(ILogger log, Guid instance, InstanceStatus before, InstanceStatus now, long generation);

    [LoggerMessage(LogLevel.Warning, "The cluster did not do a part of instance {Instance} (try {Attempt}): {Fault}")]
    private static partial void CallFailed(ILogger log, Guid instance, int attempt, string fault);

    [LoggerMessage(LogLevel.Warning, "Generation {Generation} of instance {Instance} failed: {Code}")]
    private static partial void WishFailed(ILogger log, Guid instance, long generation, string code);

    [LoggerMessage(LogLevel.Error, "ALARM: instance {Instance} was running and is broken: {Code}")]
    private static partial void RunningBroke(ILogger log, Guid instance, string code);

    [LoggerMessage(LogLevel.Critical, "ALARM: an object with a name of instance {Instance} in {Namespace} is not ours; it is left alone")]
    private static partial void NameTaken(ILogger log, Guid instance, string @namespace);

    [LoggerMessage(LogLevel.Warning, "The lease of instance {Instance} went to somebody else; what this pass found is dropped")]
    private static partial void LeaseLost(ILogger log, Guid instance);
}
