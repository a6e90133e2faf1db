using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Wallets;

/// <summary>The rules of a coupon a second time, for whatever a program tries.</summary>
internal sealed class CouponConfiguration : IEntityTypeConfiguration<Coupon>
{
    public const string CodeIsUnique = "coupons_code";

    public void Configure(EntityTypeBuilder<Coupon> coupon)
    {
        coupon.ToTable("coupons", Checks);
        coupon.HasKey(c => c.Id).HasName("coupons_pkey");
        coupon.Property(c => c.Id).HasColumnName("id").ValueGeneratedNever();
        coupon.Property(c => c.Code).HasColumnName("code").HasMaxLength(50);
        coupon.Property(c => c.Name).HasColumnName("name").HasMaxLength(100);
        coupon.Property(c => c.Description).HasColumnName("description").HasMaxLength(500);
        coupon.Property(c => c.Type).HasColumnName("type").HasMaxLength(30);
        coupon.Property(c => c.Status).HasColumnName("status").HasMaxLength(20);
        coupon.Property(c => c.CreditAmount).HasColumnName("credit_amount");
        coupon.Property(c => c.DiscountType).HasColumnName("discount_type").HasMaxLength(20);
        coupon.Property(c => c.DiscountPercent).HasColumnName("discount_percent");
        coupon.Property(c => c.MaxUses).HasColumnName("max_uses");
        coupon.Property(c => c.UsedCount).HasColumnName("used_count");
        coupon.Property(c => c.MaxUsesPerUser).HasColumnName("max_uses_per_user");
        coupon.Property(c => c.ServiceId).HasColumnName("service_id");
        coupon.Property(c => c.PlanType).HasColumnName("plan_type").HasMaxLength(20);
        coupon.Property(c => c.ValidFrom).HasColumnName("valid_from");
        coupon.Property(c => c.ValidUntil).HasColumnName("valid_until");
        coupon.Property(c => c.CreatedBy).HasColumnName("created_by");
        coupon.Property(c => c.CreatedAt).HasColumnName("created_at");
        coupon.Property(c => c.UpdatedAt).HasColumnName("updated_at");
        coupon.Ignore(c => c.Terms).Ignore(c => c.GivesCredit).Ignore(c => c.IsInUse);
        coupon.HasIndex(c => c.Code).IsUnique().HasDatabaseName(CodeIsUnique);
        coupon.HasIndex(c => new { c.CreatedAt, c.Id }).HasDatabaseName("coupons_by_age");
        coupon.HasIndex(c => new { c.CreatedAt, c.Id }, "welcome").HasFilter("type = 'WELCOME_BONUS' AND status = 'ACTIVE'")
            .HasDatabaseName("coupons_welcoming");
    }

    private static void Checks(TableBuilder<Coupon> table)
    {
        table.HasCheckConstraint("coupons_code_is_normalised", "code ~ '^[A-Z0-9_-]{3,50}$'");
        table.HasCheckConstraint("coupons_type_known",
            "type IN ('CREDIT_TOPUP', 'SUBSCRIPTION_DISCOUNT', 'FREE_SERVICE', 'WELCOME_BONUS')");
        table.HasCheckConstraint("coupons_status_known", "status IN ('ACTIVE', 'EXPIRED', 'DISABLED', 'USED_UP')");
        table.HasCheckConstraint("coupons_plan_type_known", "plan_type IN ('FREE', 'BASIC', 'PRO', 'PREMIUM', 'ENTERPRISE')");
        table.HasCheckConstraint("coupons_limits_sane", "max_uses BETWEEN 1 AND 1000000 AND max_uses_per_user BETWEEN 1 AND 100");
        table.HasCheckConstraint("coupons_uses_within_limit", "used_count BETWEEN 0 AND max_uses");
        table.HasCheckConstraint("coupons_used_up_when_full",
            "CASE status WHEN 'USED_UP' THEN used_count = max_uses WHEN 'ACTIVE' THEN used_count < max_uses ELSE true END");
        table.HasCheckConstraint("coupons_amount_sane", "credit_amount BETWEEN 1000 AND 10000000");
        table.HasCheckConstraint("coupons_percent_sane", "discount_percent BETWEEN 1 AND 100");
        table.HasCheckConstraint("coupons_worth_fits_type", """
            CASE
                WHEN type IN ('CREDIT_TOPUP', 'WELCOME_BONUS')
                    THEN credit_amount IS NOT NULL AND discount_type IS NULL AND discount_percent IS NULL
                WHEN type = 'FREE_SERVICE'
                    THEN service_id IS NOT NULL AND credit_amount IS NULL AND discount_type IS NULL AND discount_percent IS NULL
                WHEN discount_type = 'FIXED_AMOUNT' THEN credit_amount IS NOT NULL AND discount_percent IS NULL
                WHEN discount_type = 'PERCENTAGE' THEN credit_amount IS NULL AND discount_percent IS NOT NULL
                ELSE false
            END
            """);
        table.HasCheckConstraint("coupons_end_after_they_begin", "valid_until > valid_from");
    }
}
