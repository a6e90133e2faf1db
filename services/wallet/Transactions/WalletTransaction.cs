using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

internal enum TransactionType
{
    TopUp,
    Subscription,
    Upgrade,
    Refund,
    AdminAdjustment,
    CouponRedemption,
}

internal enum TransactionStatus
{
    Pending,
    Completed,
    Failed,
    Cancelled,
    Refunded,
}

internal enum PaymentMethod
{
    MidtransBankTransfer,
    MidtransEWallet,
    MidtransCreditCard,
    MidtransQris,
    AdminManual,
    CouponRedemption,
}

/// <summary>One line of the statement that the owner sees. The ledger says what moved; this says what it was for.</summary>
internal sealed class WalletTransaction
{
    public const string NumberPrefix = "TXMP-";

    public Guid Id { get; private init; }
    public long Number { get; private init; }
    public Guid UserId { get; private init; }
    public TransactionType Type { get; private init; }
    public TransactionStatus Status { get; private set; }
    public Money Amount { get; private init; }

    /// <summary>All that the owner has, spendable and held, right before and after the money moved.</summary>
    public Money BalanceBefore { get; private set; }
    public Money BalanceAfter { get; private set; }
    public PaymentMethod? PaymentMethod { get; private init; }
    public Guid? SubscriptionId { get; private init; }
    public string? ServiceName { get; private init; }
    public string? ServiceSlug { get; private init; }
    public string? PlanName { get; private init; }
    public string? PlanType { get; private init; }
    public required string Description { get; init; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? CompletedAt { get; private set; }

    /// <summary>The number that people use: <c>TXMP-101</c>.</summary>
    public string CustomId => NumberPrefix + Number.ToString(CultureInfo.InvariantCulture);

    public static WalletTransaction OfTopUp(long number, TopUp topUp, Money balance, DateTimeOffset now) => new()
    {
        Id = topUp.OrderId,
        Number = number,
        UserId = topUp.UserId,
        Type = TransactionType.TopUp,
        Status = TransactionStatus.Pending,
        Amount = topUp.Amount,
        BalanceBefore = balance,
        BalanceAfter = balance,
        PaymentMethod = topUp.Method.AsPaymentMethod(),
        Description = $"Top-up of {topUp.Amount}",
        CreatedAt = now,
        UpdatedAt = now,
    };

    public static WalletTransaction OfCharge(long number, Hold hold, Money before, Money after, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Number = number,
        UserId = hold.UserId!.Value,
        Type = hold.Item!.Kind == "UPGRADE" ? TransactionType.Upgrade : TransactionType.Subscription,
        Status = TransactionStatus.Completed,
        Amount = hold.Amount,
        BalanceBefore = before,
        BalanceAfter = after,
        SubscriptionId = hold.Item.SubscriptionId,
        ServiceName = hold.Item.ServiceName,
        ServiceSlug = hold.Item.ServiceSlug,
        PlanName = hold.Item.PlanName,
        PlanType = hold.Item.PlanType,
        Description = hold.Item.Description,
        CreatedAt = now,
        UpdatedAt = now,
        CompletedAt = now,
    };

    public void Complete(Money before, Money after, DateTimeOffset now) =>
        (Status, BalanceBefore, BalanceAfter, UpdatedAt, CompletedAt) = (TransactionStatus.Completed, before, after, now, now);

    public void Close(TransactionStatus status, DateTimeOffset now) => (Status, UpdatedAt) = (status, now);
}

internal sealed class WalletTransactionConfiguration : IEntityTypeConfiguration<WalletTransaction>
{
    public void Configure(EntityTypeBuilder<WalletTransaction> transaction)
    {
        transaction.ToTable("transactions", table =>
        {
            table.HasCheckConstraint("transactions_amounts_not_negative", "amount >= 0 AND balance_before >= 0 AND balance_after >= 0");
            table.HasCheckConstraint("transactions_completed_have_their_time",
                "(status IN ('COMPLETED', 'REFUNDED')) = (completed_at IS NOT NULL)");
        });
        transaction.HasKey(t => t.Id).HasName("transactions_pkey");
        transaction.Property(t => t.Id).HasColumnName("id").ValueGeneratedNever();
        transaction.Property(t => t.Number).HasColumnName("number");
        transaction.Property(t => t.UserId).HasColumnName("user_id");
        transaction.Property(t => t.Type).HasColumnName("type").HasMaxLength(30);
        transaction.Property(t => t.Status).HasColumnName("status").HasMaxLength(20);
        transaction.Property(t => t.Amount).HasColumnName("amount");
        transaction.Property(t => t.BalanceBefore).HasColumnName("balance_before");
        transaction.Property(t => t.BalanceAfter).HasColumnName("balance_after");
        transaction.Property(t => t.PaymentMethod).HasColumnName("payment_method").HasMaxLength(30);
        transaction.Property(t => t.SubscriptionId).HasColumnName("subscription_id");
        transaction.Property(t => t.ServiceName).HasColumnName("service_name");
        transaction.Property(t => t.ServiceSlug).HasColumnName("service_slug");
        transaction.Property(t => t.PlanName).HasColumnName("plan_name");
        transaction.Property(t => t.PlanType).HasColumnName("plan_type");
        transaction.Property(t => t.Description).HasColumnName("description");
        transaction.Property(t => t.CreatedAt).HasColumnName("created_at");
        transaction.Property(t => t.UpdatedAt).HasColumnName("updated_at");
        transaction.Property(t => t.CompletedAt).HasColumnName("completed_at");
        transaction.Ignore(t => t.CustomId);
        transaction.HasIndex(t => t.Number).IsUnique().HasDatabaseName("transactions_number");
        transaction.HasIndex(t => new { t.UserId, t.CreatedAt, t.Number }).HasDatabaseName("transactions_of_user");
        transaction.HasIndex(t => t.SubscriptionId).HasFilter("subscription_id IS NOT NULL")
            .HasDatabaseName("transactions_of_subscription");
    }
}
