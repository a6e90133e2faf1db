using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>
/// Carries out runs. Each is claimed for a while, by one replica at a time; whoever dies loses the claim with time and another begins
/// again, which does no harm because comparing an order twice changes nothing.
/// </summary>
internal sealed partial class ReconciliationRuns(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ReconciliationRuns> log)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(1);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(1);
    private const int SideBySide = 4;

    /// <summary>So many orders in a row without an answer say that the gateway is away; asking about the rest would take hours.</summary>
    private const int EnoughSilence = 20;

    /// <summary>Makes a run known, once; a key that was used before stays what it is.</summary>
    public async Task PlanAsync(ReconciliationRun run, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        var (kind, state) = (WireEnum.Text(run.Kind), WireEnum.Text(run.State));
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.reconciliation_runs
                (key, kind, date, state, next_try_at, tries, created_at, checked, agreed, different, unanswered)
            VALUES ({run.Key}, {kind}, {run.Date}, {state}, {run.NextTryAt}, 0, {run.CreatedAt}, 0, 0, 0, 0)
            ON CONFLICT (key) DO NOTHING
            """, ct);
    }

    /// <summary>The runs that nobody is at work on, the oldest first.</summary>
    public async Task<List<string>> DueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        var now = clock.GetUtcNow();
        var since = now - GivenUpAfter;
        return await db.ReconciliationRuns.Where(r => r.NextTryAt <= now && r.CreatedAt > since)
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.Key).Select(r => r.Key).ToListAsync(ct);
    }

    /// <returns>False when somebody else is at work on it, or it is done.</returns>
    public async Task<bool> WorkAsync(string key, CancellationToken ct)
    {
        if (await ClaimAsync(key, ct) is not { } run)
            return false;
        var tally = new Tally(clock.GetUtcNow());
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct };
        await Parallel.ForEachAsync(await OrdersAsync(run, ct), sideBySide,
            async (order, token) =>
            {
                tally.Count(tally.Silence >= EnoughSilence ? OrderState.Unanswered : await CompareAsync(order, token));
                if (tally.ShouldRenew(clock.GetUtcNow(), RenewEvery))
                    await RenewAsync(run, token);
            });
        await FinishAsync(run, tally, ct);
        return true;
    }

    /// <summary>For a run that nobody waits for any more: its failure is told here, and its lease brings it back.</summary>
    public Task LogFailureAsync(string key, Task run) =>
        Rounds.RunAsync(() => run, e => RunFailed(log, key, e), CancellationToken.None);

    private async Task<ReconciliationRun?> ClaimAsync(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WalletDbContext>();
        var (now, holder) = (clock.GetUtcNow(), Guid.CreateVersion7());
        var claimed = await db.ReconciliationRuns.FromSql($"""
            UPDATE wallet.reconciliation_runs SET state = 'RUNNING', holder = {holder}, next_try_at = {now + Lease}, tries = tries + 1,
                started_at = {now}, finished_at = NULL
            WHERE key = {key} AND next_try_at <= {now}
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        return claimed.SingleOrDefault();
    }

    private async Task<List<Guid>> OrdersAsync(ReconciliationRun run, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<WalletDbContext>().OrdersToCompareAsync(run, clock.GetUtcNow(), ct);
    }

    // An order that fails is left as it was and counted as unanswered, so that the run is tried again; the others go on.
    private async Task<OrderState> CompareAsync(Guid order, CancellationToken ct)
    {
        var state = OrderState.Unanswered;
        await Rounds.RunAsync(async () =>
        {
            await using var scope = scopes.CreateAsyncScope();
            state = await scope.ServiceProvider.GetRequiredService<OrderComparison>().RunAsync(order, ct);
        }, e => NotCompared(log, order, e), ct);
        return state;
    }

    private async Task RenewAsync(ReconciliationRun run, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var end = clock.GetUtcNow() + Lease;
        await scope.ServiceProvider.GetRequiredService<WalletDbContext>().Database.ExecuteSqlAsync(
            $"UPDATE wallet.reconciliation_runs SET next_try_at = {end} WHERE key = {run.Key} AND holder = {run.Holder}", ct);
    }

    private async Task FinishAsync(ReconciliationRun run, Tally tally, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (now, complete) = (clock.GetUtcNow(), tally.Unanswered == 0);
        // The next hour has a light run of its own.
        DateTimeOffset? again = complete || run.Kind == RunKind.Light ? null : now + Pause;
        var state = WireEnum.Text(complete ? RunState.Complete : RunState.Incomplete);
        await scope.ServiceProvider.GetRequiredService<WalletDbContext>().Database.ExecuteSqlAsync($"""
            UPDATE wallet.reconciliation_runs SET state = {state}, finished_at = {now}, next_try_at = {again}, holder = NULL,
                checked = {tally.Checked}, agreed = {tally.Agreed}, different = {tally.Different}, unanswered = {tally.Unanswered}
            WHERE key = {run.Key} AND holder = {run.Holder}
            """, ct);
        if (tally.Different > 0 || tally.Unanswered > 0)
            Unsettled(log, run.Key, tally.Checked, tally.Different, tally.Unanswered);
    }

    [LoggerMessage(LogLevel.Error, "Order {OrderId} could not be compared with the gateway's books; the run is tried again")]
    private static partial void NotCompared(ILogger log, Guid orderId, Exception e);

    [LoggerMessage(LogLevel.Error, "Reconciliation {Key} ended early; it is taken up again when its lease is over")]
    public static partial void RunFailed(ILogger log, string key, Exception e);

    [LoggerMessage(LogLevel.Warning,
        "Reconciliation {Key} looked at {Checked} orders: {Different} differ from the gateway's books, {Unanswered} got no answer")]
    private static partial void Unsettled(ILogger log, string key, int @checked, int different, int unanswered);

    /// <summary>What a run has found so far; several orders report at once.</summary>
    private sealed class Tally(DateTimeOffset start)
    {
        private readonly Lock gate = new();
        private DateTimeOffset renewed = start;

        public int Agreed { get; private set; }
        public int Different { get; private set; }
        public int Unanswered { get; private set; }
        public int Silence { get; private set; }
        public int Checked => Agreed + Different + Unanswered;

        public void Count(OrderState state)
        {
            lock (gate)
            {
                Silence = state == OrderState.Unanswered ? Silence + 1 : 0;
                _ = state switch
                {
                    OrderState.Agreed => Agreed++,
                    OrderState.Different => Different++,
                    OrderState.Unanswered => Unanswered++,
                };
            }
        }

        public bool ShouldRenew(DateTimeOffset now, TimeSpan every)
        {
            lock (gate)
            {
                if (now - renewed < every)
                    return false;
                renewed = now;
                return true;
            }
        }
    }
}
