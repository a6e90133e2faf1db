using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="Date">The UTC date in question; today when it is left out.</param>
public sealed record ReconcileRequest([property: Required, StringLength(200, MinimumLength = 5)] string Reason, DateOnly? Date = null);

internal sealed record RunView(
    string Key, RunKind Kind, DateOnly Date, RunState State, int Tries, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt, int Checked, int Agreed, int Different, int Unanswered, Guid? RequestedBy, string? Reason);

/// <summary>The orders that were opened on the date, as the last look at each showed them.</summary>
internal sealed record OrdersView(
    int Checked, int Agreed, int Different, int Unanswered, int NotYetChecked, Money GatewaySettled, Money GatewayReversed,
    Money LedgerCredited, Money LedgerReversed);

internal sealed record DifferenceView(
    Guid Id, Guid OrderId, DifferenceKind Kind, string State, Money GatewaySettled, Money GatewayReversed, Money LedgerCredited,
    Money LedgerReversed, string Detail, DateTimeOffset FirstSeenAt, DateTimeOffset? ResolvedAt);

internal sealed record EventView(
    Guid Id, string? OrderId, string? TransactionId, GatewayEventSource Source, GatewayEventState State, string? Status,
    DateTimeOffset ReceivedAt);

internal sealed record ReconciliationView(
    DateOnly Date, long LedgerSum, IReadOnlyList<PromiseKept> Promises, IReadOnlyList<RunView> Runs, OrdersView Orders,
    IReadOnlyList<DifferenceView> Differences, IReadOnlyList<EventView> EventsToLookAt);

internal sealed record ReconciliationAnswer(ReconciliationView Reconciliation);

internal sealed record RunAnswer(RunView Run);

internal static class ReconciliationEndpoints
{
    private const int MostShown = 200;

    /// <summary>Past this a run goes on by itself, and the answer says where it stands.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void MapReconciliation(this IEndpointRouteBuilder routes)
    {
        var wallets = routes.MapGroup("/api/admin/wallets").WithTags("Reconciliation").RequireAuthorization(Tokens.AdministratorPolicy);
        wallets.MapGet("/reconciliation", Show).WithName("GetReconciliation");
        wallets.MapPost("/reconcile", Run).AcceptsIdempotencyKey().WithName("Reconcile");
    }

    private static async Task<IResult> Show(WalletDbContext db, Promises promises, TimeProvider clock, CancellationToken ct,
        DateOnly? date = null)
    {
        var day = date ?? Today(clock);
        var (from, to) = (Start(day), Start(day.AddDays(1)));
        var runs = await db.ReconciliationRuns.AsNoTracking().Where(r => r.Date == day)
            .OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Key).Take(MostShown).ToListAsync(ct);
        var differences = await db.Differences.AsNoTracking()
            .Where(d => d.ResolvedAt == null || (d.FirstSeenAt >= from && d.FirstSeenAt < to)
                || (d.ResolvedAt >= from && d.ResolvedAt < to))
            .OrderByDescending(d => d.FirstSeenAt).ThenByDescending(d => d.Id).Take(MostShown).ToListAsync(ct);
        var events = await db.EventsToLookAtAsync(MostShown, ct);
        var sum = await db.Database
            .SqlQuery<long>($"""SELECT coalesce(sum(amount), 0)::bigint AS "Value" FROM wallet.ledger_entries""").SingleAsync(ct);
        return Answer.Ok(new ReconciliationAnswer(new(
            day, sum, await promises.CheckAsync(ct), [.. runs.Select(View)], await OrdersAsync(db, from, to, ct),
            [.. differences.Select(View)], [.. events.Select(View)])));
    }

    private static async Task<IResult> Run(ReconcileRequest request, HttpContext http, CurrentUser administrator, WalletDbContext db,
        ReconciliationRuns runs, TimeProvider clock, IHostApplicationLifetime lifetime, CancellationToken ct)
    {
        var (now, day) = (clock.GetUtcNow(), request.Date ?? Today(clock));
        if (day > Today(clock))
            return WalletRefusals.DateAhead.ToProblem("date must be today (UTC) or a day before it.");
        if (http.EarlierEffect() is not { } key)
        {
            var run = ReconciliationRun.Manual(Guid.CreateVersion7(now), day, administrator.Id, request.Reason, now);
            key = run.Key;
            db.ReconciliationRuns.Add(run);
            db.Audit.Add(AuditEntry.Of(administrator, "WALLETS_RECONCILED", key, request.Reason, now, after: new { date = day }));
            await db.SaveChangesAsync(ct);
            // Committed first: no transaction stays open while the gateway is asked, and whoever dies leaves a run that is taken up.
            await http.CommitEffectAsync(key);
        }

        // Real time on purpose, as for every wait for the network. Whoever asked may go away; the run goes on until the service stops.
        var work = runs.WorkAsync(key, lifetime.ApplicationStopping);
        await Task.WhenAny(work, Task.Delay(Patience, TimeProvider.System, ct));
        if (work.IsCompleted)
            await work;
        else
            _ = runs.LogFailureAsync(key, work);
        var stands = await db.ReconciliationRuns.AsNoTracking().SingleAsync(r => r.Key == key, ct);
        return stands.HasEnded
            ? Answer.Ok(new RunAnswer(View(stands)))
            : Answer.Accepted(new RunAnswer(View(stands)), "The reconciliation goes on. Read it again in a minute.");
    }

    private static Task<OrdersView> OrdersAsync(WalletDbContext db, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        db.Database.SqlQuery<OrderSums>($"""
            SELECT count(o.order_id)::int AS "Checked",
                (count(*) FILTER (WHERE o.state = 'AGREED'))::int AS "Agreed",
                (count(*) FILTER (WHERE o.state = 'DIFFERENT'))::int AS "Different",
                (count(*) FILTER (WHERE o.state = 'UNANSWERED'))::int AS "Unanswered",
                (count(*) - count(o.order_id))::int AS "NotYetChecked",
                coalesce(sum(o.gateway_settled), 0)::bigint AS "GatewaySettled",
                coalesce(sum(o.gateway_reversed), 0)::bigint AS "GatewayReversed",
                coalesce(sum(o.ledger_credited), 0)::bigint AS "LedgerCredited",
                coalesce(sum(o.ledger_reversed), 0)::bigint AS "LedgerReversed"
            FROM wallet.top_ups t LEFT JOIN wallet.reconciled_orders o ON o.order_id = t.order_id
            WHERE t.opened_at >= {from} AND t.opened_at < {to}
            """).Select(sums => new OrdersView(
                sums.Checked, sums.Agreed, sums.Different, sums.Unanswered, sums.NotYetChecked, Money.Idr(sums.GatewaySettled),
                Money.Idr(sums.GatewayReversed), Money.Idr(sums.LedgerCredited), Money.Idr(sums.LedgerReversed))).SingleAsync(ct);

    private static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static RunView View(ReconciliationRun run) => new(
        run.Key, run.Kind, run.Date, run.State, run.Tries, run.CreatedAt, run.StartedAt, run.FinishedAt, run.Checked, run.Agreed,
        run.Different, run.Unanswered, run.RequestedBy, run.Reason);

    private static DifferenceView View(Difference difference) => new(
        difference.Id, difference.OrderId, difference.Kind, difference.ResolvedAt is null ? "OPEN" : "HEALED", difference.GatewaySettled,
        difference.GatewayReversed, difference.LedgerCredited, difference.LedgerReversed, difference.Detail, difference.FirstSeenAt,
        difference.ResolvedAt);

    private static EventView View(GatewayEvent word) => new(
        word.Id, word.OrderId, word.GatewayTransactionId, word.Source, word.State, word.Status, word.ReceivedAt);

    private sealed record OrderSums(
        int Checked, int Agreed, int Different, int Unanswered, int NotYetChecked, long GatewaySettled, long GatewayReversed,
        long LedgerCredited, long LedgerReversed);
}
