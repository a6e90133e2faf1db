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

    /// <summary>
    /// All that the owner has, spendable and held, less what they owe, right before and after the money moved. Whole rupiah; below zero for
    /// somebody who owes more than they have.
    /// </summary>
    public long BalanceBefore { get; private set; }
    public long BalanceAfter { get; private set; }
    public PaymentMethod? PaymentMethod { get; private init; }
    public Guid? SubscriptionId { get; private init; }
    public string? ServiceName { get; private init; }
    public string? ServiceSlug { get; private init; }
    public string? PlanName { get; private init; }
    public string? PlanType { get; private init; }
    public required string Description { get; init; }

    /// <summary>Of a charge: how much of it was given back. Of a top-up: how much of it the gateway took back.</summary>
    public Money Refunded { get; private set; }

    /// <summary>Of a refund or a reversal: the transaction whose money it gives or takes back.</summary>
    public Guid? Refunds { get; private init; }

    /// <summary>The administrator who did it, for what an administrator did.</summary>
    public Guid? ProcessedBy { get; private init; }

    /// <summary>The administrator's reason.</summary>
    public string? AdminNotes { get; private init; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? CompletedAt { get; private set; }

    /// <summary>The number that people use: <c>TXMP-101</c>.</summary>
    public string CustomId => NumberPrefix + Number.ToString(CultureInfo.InvariantCulture);

    public static WalletTransaction OfTopUp(long number, TopUp topUp, long balance, DateTimeOffset now) => new()
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

    /// <summary>The line of a further payment of an order whose earlier payments were all taken back.</summary>
    public static WalletTransaction OfFurtherPayment(long number, TopUp topUp, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Number = number,
        UserId = topUp.UserId,
        Type = TransactionType.TopUp,
        Status = TransactionStatus.Pending,
        Amount = topUp.Amount,
        PaymentMethod = topUp.Method.AsPaymentMethod(),
        Description = $"Top-up of {topUp.Amount}, paid once more",
        CreatedAt = now,
        UpdatedAt = now,
    };

    public static WalletTransaction OfReversal(long number, WalletTransaction topUp, Reversal reversal, Balances before, Balances after,
        DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Number = number,
        UserId = topUp.UserId,
        Type = TransactionType.Refund,
        Status = TransactionStatus.Completed,
        Amount = reversal.Amount,
        BalanceBefore = before.Total,
        BalanceAfter = after.Total,
        PaymentMethod = topUp.PaymentMethod,
        Refunds = topUp.Id,
        Description = reversal.Kind switch
        {
            ReversalKind.Refund => $"Top-up {topUp.CustomId} was refunded by the payment gateway",
            ReversalKind.Chargeback => $"Top-up {topUp.CustomId} was charged back by the bank",
            ReversalKind.Deny => $"Top-up {topUp.CustomId} was denied by the bank after it had been paid",
            ReversalKind.Cancel => $"The payment of top-up {topUp.CustomId} was cancelled at the payment gateway",
        },
        CreatedAt = now,
        UpdatedAt = now,
        CompletedAt = now,
    };

    public static WalletTransaction OfCharge(long number, Hold hold, Balances before, Balances after, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Number = number,
        UserId = hold.UserId!.Value,
        Type = hold.Item!.Kind == "UPGRADE" ? TransactionType.Upgrade : TransactionType.Subscription,
        Status = TransactionStatus.Completed,
        Amount = hold.Amount,
        BalanceBefore = before.Total,
        BalanceAfter = after.Total,
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

    public void Complete(Balances before, Balances after, DateTimeOffset now) =>
        (Status, BalanceBefore, BalanceAfter, UpdatedAt, CompletedAt) = (TransactionStatus.Completed, before.Total, after.Total, now, now);

    /// <summary>The gateway took back some of what this top-up had brought in.</summary>
    public void TakeBack(Money amount, DateTimeOffset now)
    {
        (Refunded, UpdatedAt) = (Refunded + amount, now);
        if (Refunded == Amount)
            Status = TransactionStatus.Refunded;
    }

    public void Close(TransactionStatus status, DateTimeOffset now) => (Status, UpdatedAt) = (status, now);
}

internal sealed class WalletTransactionConfiguration : IEntityTypeConfiguration<WalletTransaction>
{
    public void Configure(EntityTypeBuilder<WalletTransaction> transaction)
    {
        transaction.ToTable("transactions", table =>
        {
            table.HasCheckConstraint("transactions_refunded_within_amount", "amount >= 0 AND refunded BETWEEN 0 AND amount");
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
        transaction.Property(t => t.Refunded).HasColumnName("refunded");
        transaction.Property(t => t.Refunds).HasColumnName("refunds");
        transaction.Property(t => t.ProcessedBy).HasColumnName("processed_by");
        transaction.Property(t => t.AdminNotes).HasColumnName("admin_notes");
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
