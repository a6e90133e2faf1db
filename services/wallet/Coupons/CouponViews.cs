using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed record ServiceName(Guid Id, string Name, string Slug);

internal sealed record CouponCounts(int Redemptions);

/// <summary>A coupon on the wire (api.md §1.6 CouponRow), with its service, and what a list or a single one adds.</summary>
/// <param name="Service">Null for a coupon of any service, and for a service that wallet has not heard of yet.</param>
internal sealed record CouponView(
    Guid Id, string Code, string Name, string? Description, CouponType Type, CouponStatus Status, Money? CreditAmount,
    CouponDiscountType? DiscountType, int? DiscountPercent, int MaxUses, int UsedCount, int MaxUsesPerUser, Guid? ServiceId,
    PlanTier? PlanType, DateTimeOffset ValidFrom, DateTimeOffset? ValidUntil, Guid CreatedBy, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, ServiceName? Service)
{
    /// <summary>The newest final uses.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RedemptionView>? Redemptions { get; init; }

    [JsonPropertyName("_count"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CouponCounts? Count { get; init; }

    public static CouponView Of(Coupon c, ServiceName? service) => new(
        c.Id, c.Code, c.Name, c.Description, c.Type, c.Status, c.CreditAmount, c.DiscountType, c.DiscountPercent, c.MaxUses, c.UsedCount,
        c.MaxUsesPerUser, c.ServiceId, c.PlanType, c.ValidFrom, c.ValidUntil, c.CreatedBy, c.CreatedAt, c.UpdatedAt, service);
}

/// <summary>A final use as an administrator sees it.</summary>
/// <param name="Metadata">Part of the wire contract; nothing is kept in it.</param>
/// <param name="User">Null for a user that wallet has not heard of yet.</param>
internal sealed record RedemptionView(
    Guid Id, Guid CouponId, Guid UserId, CouponType RedemptionType, Money? CreditAmount, Money? DiscountAmount, Guid? TransactionId,
    Guid? SubscriptionId, object? Metadata, DateTimeOffset RedeemedAt, RedemptionUser? User, RedemptionLine? Transaction,
    RedemptionSubscription? Subscription);

internal sealed record RedemptionUser(Guid Id, string Name, string Email);

internal sealed record CouponAnswer(CouponView Coupon);

internal sealed record CouponsAnswer(IReadOnlyList<CouponView> Coupons, Pagination Pagination);

internal sealed record UpdatedCoupons(int UpdatedCount);

/// <summary>What the audit keeps of a coupon: everything that an administrator decides about it, in the words of the wire.</summary>
internal sealed record CouponRecord(
    string Code, string Name, string? Description, string Type, string Status, long? CreditAmount, string? DiscountType,
    int? DiscountPercent, int MaxUses, int UsedCount, int MaxUsesPerUser, Guid? ServiceId, string? PlanType, DateTimeOffset ValidFrom,
    DateTimeOffset? ValidUntil)
{
    public static CouponRecord Of(Coupon c) => new(
        c.Code, c.Name, c.Description, WireEnum.Text(c.Type), WireEnum.Text(c.Status), c.CreditAmount?.Rupiah,
        c.DiscountType is { } discount ? WireEnum.Text(discount) : null, c.DiscountPercent, c.MaxUses, c.UsedCount, c.MaxUsesPerUser,
        c.ServiceId, c.PlanType is { } plan ? WireEnum.Text(plan) : null, c.ValidFrom, c.ValidUntil);
}

internal static class ServiceNames
{
    public static async Task<ServiceName?> ServiceNameAsync(this WalletDbContext db, Guid? id, CancellationToken ct) => id is null
        ? null
        : await db.Services.Where(s => s.Id == id).Select(s => new ServiceName(s.Id, s.Name, s.Slug)).SingleOrDefaultAsync(ct);

    public static Task<Dictionary<Guid, ServiceName>> ServiceNamesAsync(this WalletDbContext db, IEnumerable<Coupon> coupons,
        CancellationToken ct)
    {
        var ids = coupons.Select(c => c.ServiceId).OfType<Guid>().Distinct().ToArray();
        return db.Services.Where(s => ids.Contains(s.Id)).Select(s => new ServiceName(s.Id, s.Name, s.Slug))
            .ToDictionaryAsync(s => s.Id, ct);
    }
}
