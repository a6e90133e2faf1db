using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>What administrators do to coupons. Each change locks the coupon, so that nobody uses it half changed, and is audited.</summary>
internal static class CouponAdministration
{
    public static void MapCouponAdministration(this IEndpointRouteBuilder routes)
    {
        var coupons = routes.MapGroup("/api/admin/coupons").WithTags("Coupons").RequireAuthorization(Tokens.AdministratorPolicy);
        coupons.MapPost("/", Create).WithName("CreateCoupon");
        coupons.MapGet("/", CouponList.List).WithName("ListCoupons");
        coupons.MapGet("/statistics", CouponStatistics.Of).WithName("GetCouponStatistics");
        coupons.MapPut("/bulk-status", SetStatus).WithName("SetStatusOfCoupons");
        coupons.MapGet("/{couponId:guid}", CouponList.Find).WithName("GetCoupon");
        coupons.MapPut("/{couponId:guid}", Change).WithName("ChangeCoupon");
        coupons.MapDelete("/{couponId:guid}", Delete).WithName("DeleteCoupon");
    }

    private static async Task<IResult> Create(
        NewCoupon wish, CurrentUser administrator, WalletDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var coupon = Coupon.Of(wish, administrator.Id, now);
        db.Coupons.Add(coupon);
        db.Audit.Add(AuditEntry.Of(administrator, "COUPON_CREATED", coupon.Id.ToString(), null, now, after: CouponRecord.Of(coupon)));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: CouponConfiguration.CodeIsUnique })
        {
            return WalletRefusals.CouponCodeTaken.ToProblem($"code {coupon.Code} is in use; choose another one.");
        }

        return Answer.Created(new CouponAnswer(CouponView.Of(coupon, await db.ServiceNameAsync(coupon.ServiceId, ct))));
    }

    private static async Task<IResult> Change(
        Guid couponId, CouponChange change, CurrentUser administrator, WalletDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.LockCouponAsync(couponId, ct) is not { } coupon)
            return WalletRefusals.CouponNotFound.ToProblem();
        if (ObjectionTo(change, coupon) is { } objection)
            return objection;

        var before = CouponRecord.Of(coupon);
        coupon.Offer(change.TermsFor(coupon), now);
        coupon.Describe(change.Name, change.Description, now);
        if (change.Status is { } status)
            coupon.Set(status, now);
        coupon.Limit(change.MaxUses ?? coupon.MaxUses, change.MaxUsesPerUser ?? coupon.MaxUsesPerUser,
            change.ValidFrom ?? coupon.ValidFrom, change.ValidUntil ?? coupon.ValidUntil, now);
        db.Audit.Add(AuditEntry.Of(administrator, "COUPON_CHANGED", couponId.ToString(), null, now, before, CouponRecord.Of(coupon)));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return Answer.Ok(new CouponAnswer(CouponView.Of(coupon, await db.ServiceNameAsync(coupon.ServiceId, ct))));
    }

    private static IResult? ObjectionTo(CouponChange change, Coupon coupon)
    {
        if (change.Status == CouponStatus.UsedUp && coupon.Status != CouponStatus.UsedUp)
            return Invalid("status", "status must be ACTIVE, DISABLED or EXPIRED; USED_UP follows from the uses.");
        if ((change.ValidUntil ?? coupon.ValidUntil) <= (change.ValidFrom ?? coupon.ValidFrom))
            return Invalid("validUntil", "validUntil must be later than validFrom.");
        if (change.MaxUses < coupon.UsedCount)
            return WalletRefusals.CouponMaxUsesTooLow.ToProblem($"maxUses must be at least {coupon.UsedCount}: so many uses are taken.");
        var terms = change.TermsFor(coupon);
        if (terms == coupon.Terms)
            return null;
        if (terms.Gap(coupon.ServiceId) is var (field, remedy))
            return Invalid(field, remedy);
        return coupon.IsInUse
            ? WalletRefusals.CouponRedeemed.ToProblem(
                "type, creditAmount, discountType and discountPercent stay as they are once it is used; leave them out or make a new one.")
            : null;
    }

    private static async Task<IResult> Delete(
        Guid couponId, CurrentUser administrator, WalletDbContext db, TimeProvider clock, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.LockCouponAsync(couponId, ct) is not { } coupon)
            return WalletRefusals.CouponNotFound.ToProblem();
        if (coupon.IsInUse)
            return WalletRefusals.CouponRedeemed.ToProblem("It cannot be deleted; set its status to DISABLED instead.");
        db.Coupons.Remove(coupon);
        db.Audit.Add(AuditEntry.Of(
            administrator, "COUPON_DELETED", couponId.ToString(), null, clock.GetUtcNow(), before: CouponRecord.Of(coupon)));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return Answer.Done("The coupon is deleted.");
    }

    // Ids that nobody knows, and coupons that have the status already, are not counted.
    private static async Task<IResult> SetStatus(
        CouponsStatus wish, CurrentUser administrator, WalletDbContext db, TimeProvider clock, CancellationToken ct)
    {
        var (now, ids) = (clock.GetUtcNow(), wish.CouponIds.Distinct().ToArray());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // In the order in which welcome bonuses are locked, so that the two never wait for each other in a circle.
        var coupons = await db.Coupons
            .FromSql($"SELECT * FROM wallet.coupons WHERE id = ANY ({ids}) ORDER BY created_at, id FOR NO KEY UPDATE").ToListAsync(ct);
        var changed = 0;
        foreach (var coupon in coupons)
        {
            var (known, before) = (coupon.Status, CouponRecord.Of(coupon));
            if (known == wish.Status || (known == CouponStatus.UsedUp && wish.Status == CouponStatus.Active))
                continue;
            coupon.Set(wish.Status, now);
            db.Audit.Add(AuditEntry.Of(
                administrator, "COUPON_STATUS_SET", coupon.Id.ToString(), null, now, before, CouponRecord.Of(coupon)));
            changed++;
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return Answer.Ok(new UpdatedCoupons(changed));
    }

    private static ValidationProblem Invalid(string field, string remedy) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [remedy] });
}
