using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>
/// Counts the uses of coupons. Whoever is about to use one locks its row first; what is then seen of it, and of the user's own uses, holds
/// until the transaction ends. The count itself is one conditional statement, and the store's own check stands behind it.
/// </summary>
internal sealed class CouponUses(WalletDbContext db, TimeProvider clock)
{
    /// <summary>The coupon of a code in any spelling, locked until the transaction ends; null when there is none.</summary>
    public async Task<Coupon?> LockAsync(string code, CancellationToken ct)
    {
        if (!CouponCode.IsWellFormed(code))
            return null;
        // No key is changed, so that rows which refer to the coupon can be written meanwhile.
        return await db.Coupons.FromSql($"SELECT * FROM wallet.coupons WHERE code = {CouponCode.Normalise(code)} FOR NO KEY UPDATE")
            .AsNoTracking().SingleOrDefaultAsync(ct);
    }

    /// <summary>
    /// The coupons that welcome a new user now, oldest first, locked in that order. One that was used up or ended while its lock was waited
    /// for is left out.
    /// </summary>
    public Task<List<Coupon>> LockWelcomingAsync(DateTimeOffset now, CancellationToken ct) => db.Coupons.FromSql($"""
        SELECT * FROM wallet.coupons
        WHERE type = 'WELCOME_BONUS' AND status = 'ACTIVE' AND used_count < max_uses
            AND valid_from <= {now} AND (valid_until IS NULL OR valid_until >= {now})
        ORDER BY created_at, id FOR NO KEY UPDATE
        """).AsNoTracking().ToListAsync(ct);

    /// <summary>How often this user has used or reserved the coupon.</summary>
    public Task<int> OwnAsync(Guid coupon, Guid user, CancellationToken ct) => db.Redemptions.CountAsync(r =>
        r.CouponId == coupon && r.UserId == user && (r.State == RedemptionState.Reserved || r.State == RedemptionState.Confirmed), ct);

    /// <summary>Takes one use; the last one makes the coupon used up.</summary>
    /// <returns>False when all uses are taken.</returns>
    public async Task<bool> TakeAsync(Guid coupon, CancellationToken ct) => await db.Database.ExecuteSqlAsync($"""
        UPDATE wallet.coupons SET used_count = used_count + 1, updated_at = {clock.GetUtcNow()},
            status = CASE WHEN status = 'ACTIVE' AND used_count + 1 = max_uses THEN 'USED_UP' ELSE status END
        WHERE id = {coupon} AND used_count < max_uses
        """, ct) == 1;

    /// <summary>Frees one use of a reservation that came to nothing; a coupon that was used up works again.</summary>
    public Task GiveBackAsync(Guid coupon, CancellationToken ct) => db.Database.ExecuteSqlAsync($"""
        UPDATE wallet.coupons SET used_count = used_count - 1, updated_at = {clock.GetUtcNow()},
            status = CASE status WHEN 'USED_UP' THEN 'ACTIVE' ELSE status END
        WHERE id = {coupon} AND used_count > 0
        """, ct);

    /// <summary>What this user may use the coupon for in a purchase.</summary>
    /// <returns>The discount, or why there is none.</returns>
    public async Task<(Money Discount, CouponObjection? Objection)> WorthAsync(Coupon coupon, Guid user, Guid service, string planType,
        Money price, CancellationToken ct)
    {
        var objection = coupon.ObjectionToPurchase()
            ?? coupon.ObjectionTo(await OwnAsync(coupon.Id, user, ct), clock.GetUtcNow())
            ?? coupon.ObjectionTo(service, planType);
        return objection is null ? (coupon.Terms.DiscountOn(price), null) : (Money.Zero, objection);
    }
}
