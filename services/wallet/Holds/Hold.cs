using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Each hold ends in one of these and never leaves it; only <see cref="Held"/> has money in it.</summary>
internal enum HoldState
{
    Held,
    Captured,
    Released,
    Expired,
    Refused,
}

/// <summary>
/// Money set aside for one purchase, or the memory of what was decided about it: a refusal is remembered like a success,
/// and so is the end of a hold that had not even arrived. Every repetition is answered from here, like the first time.
/// </summary>
internal sealed class Hold
{
    public Guid Id { get; private init; }
    public HoldState State { get; private set; }

    /// <summary>Why it was refused, or why it had ended before it came.</summary>
    public string? Code { get; private set; }

    /// <summary>Null while nothing but the end of the hold is known.</summary>
    public Guid? UserId { get; private set; }
    public Money Amount { get; private set; }

    /// <summary>What the wallet had left when it refused.</summary>
    public Money? AvailableThen { get; private set; }
    public Guid CorrelationId { get; private set; }
    public ChargedItem? Item { get; private set; }
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset? ResolvedAt { get; private set; }

    /// <summary>
    /// The business key of the capture: unique, so that what is paid for once is not paid for through another hold again.
    /// </summary>
    public string? CaptureKey { get; private set; }

    /// <summary>The transaction that the owner sees.</summary>
    public Guid? TransactionId { get; private set; }

    public bool HasEnded => State != HoldState.Held;

    /// <summary>Says that the hold never came: only its end was heard of.</summary>
    public bool OnlyEndIsKnown => UserId is null;

    public bool HasRunOut(DateTimeOffset now) => State == HoldState.Held && ExpiresAt <= now;

    public static Hold Of(HoldFunds wish, DateTimeOffset now)
    {
        var hold = new Hold { Id = wish.HoldId, CreatedAt = now };
        hold.Take(wish);
        return hold;
    }

    /// <summary>Remembers the end of a hold of which nothing else is known, so that the hold is refused when it comes.</summary>
    public static Hold EndedBeforeItCame(Guid id, Guid correlation, string? code, DateTimeOffset now) => new()
    {
        Id = id, CorrelationId = correlation, State = HoldState.Released, Code = code, CreatedAt = now, ResolvedAt = now,
    };

    public void Refuse(HoldFunds wish, string code, Money available, DateTimeOffset now)
    {
        Take(wish);
        (State, Code, AvailableThen, ResolvedAt) = (HoldState.Refused, code, available, now);
    }

    public void Capture(string key, Guid transaction, DateTimeOffset now) =>
        (State, CaptureKey, TransactionId, ResolvedAt) = (HoldState.Captured, key, transaction, now);

    public void Release(DateTimeOffset now) => (State, ResolvedAt) = (HoldState.Released, now);

    public void Expire(DateTimeOffset now) => (State, ResolvedAt) = (HoldState.Expired, now);

    private void Take(HoldFunds wish) => (UserId, Amount, CorrelationId, Item, ExpiresAt) =
        (wish.UserId, wish.Amount, wish.CorrelationId, wish.Item, wish.ExpiresAt.ToUniversalTime());
}

internal sealed class HoldConfiguration : IEntityTypeConfiguration<Hold>
{
    public void Configure(EntityTypeBuilder<Hold> hold)
    {
        hold.ToTable("holds", table =>
        {
            table.HasCheckConstraint("holds_amount_not_negative", "amount >= 0");
            table.HasCheckConstraint("holds_state_known", "state IN ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED', 'REFUSED')");
            table.HasCheckConstraint("holds_only_their_end_may_be_known", "user_id IS NOT NULL OR state = 'RELEASED'");
            table.HasCheckConstraint("holds_capture_is_complete",
                "(state = 'CAPTURED') = (capture_key IS NOT NULL AND transaction_id IS NOT NULL)");
            table.HasCheckConstraint("holds_end_has_its_time", "(state = 'HELD') = (resolved_at IS NULL)");
            table.HasCheckConstraint("holds_run_out", "state <> 'HELD' OR expires_at IS NOT NULL");
        });
        hold.HasKey(h => h.Id).HasName("holds_pkey");
        hold.Property(h => h.Id).HasColumnName("id").ValueGeneratedNever();
        hold.Property(h => h.State).HasColumnName("state").HasMaxLength(20);
        hold.Property(h => h.Code).HasColumnName("code").HasMaxLength(60);
        hold.Property(h => h.UserId).HasColumnName("user_id");
        hold.Property(h => h.Amount).HasColumnName("amount");
        hold.Property(h => h.AvailableThen).HasColumnName("available_then");
        hold.Property(h => h.CorrelationId).HasColumnName("correlation_id");
        hold.Property(h => h.Item).HasColumnName("item").HasColumnType("jsonb").HasConversion<ChargedItemColumn>();
        hold.Property(h => h.ExpiresAt).HasColumnName("expires_at");
        hold.Property(h => h.CreatedAt).HasColumnName("created_at");
        hold.Property(h => h.ResolvedAt).HasColumnName("resolved_at");
        hold.Property(h => h.CaptureKey).HasColumnName("capture_key").HasMaxLength(200);
        hold.Property(h => h.TransactionId).HasColumnName("transaction_id");
        hold.HasIndex(h => h.CaptureKey).IsUnique().HasDatabaseName("holds_capture_key");
        hold.HasIndex(h => h.ExpiresAt).HasFilter("state = 'HELD'").HasDatabaseName("holds_open_by_expiry");
        hold.HasIndex(h => h.UserId).HasFilter("state = 'HELD'").HasDatabaseName("holds_open_by_user");
    }
}
