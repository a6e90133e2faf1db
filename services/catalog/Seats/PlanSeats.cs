using Microsoft.EntityFrameworkCore;
using Platform.Catalog.Storage;
using Platform.Hosting;

namespace Platform.Catalog.Seats;

/// <summary>
/// Takes and gives back seats. Both are single statements on the plan's row, which the row's lock serialises until the caller's
/// transaction ends. Locks are always taken in the order reservation, plan (by id), so that no two callers wait for each other.
/// </summary>
internal static class PlanSeats
{
    /// <returns>Why there is no seat, or null when one was taken.</returns>
    public static async Task<Refusal?> TakeSeatAsync(this CatalogDbContext db, Guid planId, Guid userId, CancellationToken ct)
    {
        var taken = await db.Database.SqlQuery<int>($"""
            UPDATE catalog.plans AS plan SET used_quota = plan.used_quota + 1
            FROM catalog.services AS service
            WHERE plan.id = {planId} AND plan.used_quota < plan.total_quota AND plan.is_active
                AND service.id = plan.service_id AND service.is_active AND service.is_public
            RETURNING plan.max_instances_per_user AS "Value"
            """).ToListAsync(ct);
        if (taken is not [var maxPerUser])
            return await db.IsOnSaleAsync(planId, ct) ? CatalogRefusals.QuotaExceeded : CatalogRefusals.PlanNotAvailable;

        // The plan's row is locked by now: nobody else takes a seat of it, so the count stays true until this transaction ends.
        var held = await db.Reservations.CountAsync(
            r => r.PlanId == planId && r.UserId == userId && (r.State == SeatState.Reserved || r.State == SeatState.Confirmed), ct);
        if (held < maxPerUser)
            return null;
        await db.GiveSeatsBackAsync(planId, 1, ct);
        return CatalogRefusals.UserQuota;
    }

    /// <summary>Does not ask whether the plan is still on sale: a seat comes back in any case.</summary>
    public static Task GiveSeatsBackAsync(this CatalogDbContext db, Guid planId, int seats, CancellationToken ct) =>
        db.Plans.Where(p => p.Id == planId).ExecuteUpdateAsync(set => set.SetProperty(p => p.UsedQuota, p => p.UsedQuota - seats), ct);

    /// <summary>The reservation, locked until the transaction ends; null when it is not known.</summary>
    public static async Task<SeatReservation?> LockReservationAsync(this CatalogDbContext db, Guid id, CancellationToken ct) =>
        (await db.Reservations.FromSql($"SELECT * FROM catalog.seat_reservations WHERE id = {id} FOR UPDATE").ToListAsync(ct))
        .SingleOrDefault();

    /// <summary>Ends a reservation and gives its seat back; one that has ended before stays as it is.</summary>
    public static async Task EndAsync(
        this CatalogDbContext db, SeatReservation reservation, SeatState end, DateTimeOffset now, CancellationToken ct)
    {
        if (!reservation.HoldsSeat)
            return;
        reservation.State = end;
        reservation.EndedAt = now;
        await db.GiveSeatsBackAsync(reservation.PlanId, 1, ct);
    }

    private static Task<bool> IsOnSaleAsync(this CatalogDbContext db, Guid planId, CancellationToken ct) => db.Plans
        .AnyAsync(p => p.Id == planId && p.IsActive && db.Services.Any(s => s.Id == p.ServiceId && s.IsActive && s.IsPublic), ct);
}
