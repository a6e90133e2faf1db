using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

internal enum ApprovalStatus
{
    Pending,
    Approved,
    Rejected,
}

/// <summary>An adjustment that is too large for one administrator: asked for by one, decided by another, once.</summary>
internal sealed class AdjustmentApproval
{
    public const string Requested = "WALLET_ADJUSTMENT_REQUESTED";
    public const string Approved = "WALLET_ADJUSTMENT_APPROVED";
    public const string Rejected = "WALLET_ADJUSTMENT_REJECTED";

    /// <summary>Also the id of the adjustment that it becomes, so that it can move money once.</summary>
    public Guid Id { get; private init; }
    public Guid UserId { get; private init; }
    public AdjustmentType Type { get; private init; }
    public Money Amount { get; private init; }
    public required string Reason { get; init; }
    public required string Description { get; init; }
    public Guid RequestedBy { get; private init; }
    public DateTimeOffset RequestedAt { get; private init; }

    /// <summary>Guards its own change: whoever comes second finds that the row is not what they have read.</summary>
    public ApprovalStatus Status { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }
    public string? DecisionReason { get; private set; }

    public Adjustment Adjustment => new(Id, UserId, Type, Amount, Reason, Description);

    /// <summary>Adds the request and its row of the audit; the caller saves.</summary>
    public static AdjustmentApproval RequestIn(WalletDbContext db, Adjustment wish, CurrentUser by, DateTimeOffset now)
    {
        var approval = new AdjustmentApproval
        {
            Id = wish.Id,
            UserId = wish.UserId,
            Type = wish.Type,
            Amount = wish.Amount,
            Reason = wish.Reason,
            Description = wish.Description,
            RequestedBy = by.Id,
            RequestedAt = now,
            Status = ApprovalStatus.Pending,
        };
        db.Approvals.Add(approval);
        db.Audit.Add(AuditEntry.Of(by, Requested, wish.UserId.ToString(), wish.Reason, now, after: approval.ForAudit()));
        return approval;
    }

    /// <summary>Marks this request, as it was read, as decided; saving fails when somebody else was faster.</summary>
    public AdjustmentApproval DecideIn(WalletDbContext db, ApprovalStatus status, Guid by, string? why, DateTimeOffset now)
    {
        // A copy: the same decision may be tried in several transactions, and each must start from what was read.
        var decided = (AdjustmentApproval)MemberwiseClone();
        db.Approvals.Attach(decided);
        (decided.Status, decided.DecidedBy, decided.DecidedAt, decided.DecisionReason) = (status, by, now, why);
        return decided;
    }

    public object ForAudit() => new { approval = Id, type = WireEnum.Text(Type), amount = Amount, status = WireEnum.Text(Status) };
}

internal sealed class AdjustmentApprovalConfiguration : IEntityTypeConfiguration<AdjustmentApproval>
{
    public void Configure(EntityTypeBuilder<AdjustmentApproval> approval)
    {
        approval.ToTable("adjustment_approvals", table =>
        {
            table.HasCheckConstraint("adjustment_approvals_decided_by_somebody",
                "(status = 'PENDING') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)");
            table.HasCheckConstraint("adjustment_approvals_two_administrators", "status <> 'APPROVED' OR decided_by <> requested_by");
            table.HasCheckConstraint("adjustment_approvals_amount_positive", "amount > 0");
        });
        approval.HasKey(a => a.Id).HasName("adjustment_approvals_pkey");
        approval.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
        approval.Property(a => a.UserId).HasColumnName("user_id");
        approval.Property(a => a.Type).HasColumnName("type").HasMaxLength(10);
        approval.Property(a => a.Amount).HasColumnName("amount");
        approval.Property(a => a.Reason).HasColumnName("reason");
        approval.Property(a => a.Description).HasColumnName("description");
        approval.Property(a => a.RequestedBy).HasColumnName("requested_by");
        approval.Property(a => a.RequestedAt).HasColumnName("requested_at");
        approval.Property(a => a.Status).HasColumnName("status").HasMaxLength(10).IsConcurrencyToken();
        approval.Property(a => a.DecidedBy).HasColumnName("decided_by");
        approval.Property(a => a.DecidedAt).HasColumnName("decided_at");
        approval.Property(a => a.DecisionReason).HasColumnName("decision_reason");
        approval.Ignore(a => a.Adjustment);
        approval.HasIndex(a => new { a.Status, a.RequestedAt }).HasDatabaseName("adjustment_approvals_status");
    }
}
