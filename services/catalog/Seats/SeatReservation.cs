using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Catalog.Seats;

/// <summary>Reserved and Confirmed hold a seat; the others do not and are final.</summary>
internal enum SeatState
{
    Reserved,
    Confirmed,
    Released,
    Expired,
    Refused,
}

/// <summary>
/// What was decided about one reservation, kept for ever: a repetition gets the same answer, a late command the right one.
/// </summary>
internal sealed class SeatReservation
{
    /// <summary>The ReservationId that the asker chose.</summary>
    public required Guid Id { get; init; }

    /// <summary>As it was asked for; it need not exist.</summary>
    public required Guid PlanId { get; init; }

    /// <summary>Null when the reservation was ended before it arrived.</summary>
    public Guid? UserId { get; init; }
    public required SeatState State { get; set; }

    /// <summary>Why there is no seat; set exactly when the state is Refused.</summary>
    public string? RefusalCode { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ConfirmedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    public bool HoldsSeat => State is SeatState.Reserved or SeatState.Confirmed;

    /// <summary>The late ReserveSeat that this reservation forestalls is refused.</summary>
    public static SeatReservation EndedBeforeItArrived(Guid id, Guid planId, DateTimeOffset now) =>
        new() { Id = id, PlanId = planId, State = SeatState.Released, CreatedAt = now, EndedAt = now };
}

internal sealed class SeatReservationConfiguration : IEntityTypeConfiguration<SeatReservation>
{
    public void Configure(EntityTypeBuilder<SeatReservation> builder)
    {
        builder.ToTable("seat_reservations", table =>
        {
            table.HasCheckConstraint("seat_reservations_state_known",
                "state IN ('RESERVED', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'REFUSED')");
            table.HasCheckConstraint("seat_reservations_refusal_has_code", "(state = 'REFUSED') = (refusal_code IS NOT NULL)");
            table.HasCheckConstraint("seat_reservations_seat_has_holder",
                "state NOT IN ('RESERVED', 'CONFIRMED') OR (user_id IS NOT NULL AND expires_at IS NOT NULL AND ended_at IS NULL)");
        });
        builder.HasKey(r => r.Id).HasName("seat_reservations_pk");
        builder.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(r => r.PlanId).HasColumnName("plan_id");
        builder.Property(r => r.UserId).HasColumnName("user_id");
        builder.Property(r => r.State).HasColumnName("state").HasMaxLength(20);
        builder.Property(r => r.RefusalCode).HasColumnName("refusal_code").HasMaxLength(50);
        builder.Property(r => r.ExpiresAt).HasColumnName("expires_at");
        builder.Property(r => r.CreatedAt).HasColumnName("created_at");
        builder.Property(r => r.ConfirmedAt).HasColumnName("confirmed_at");
        builder.Property(r => r.EndedAt).HasColumnName("ended_at");
        builder.HasIndex(r => r.ExpiresAt).HasFilter("state = 'RESERVED'").HasDatabaseName("seat_reservations_overdue");
        builder.HasIndex(r => new { r.PlanId, r.UserId })
            .HasFilter("state IN ('RESERVED', 'CONFIRMED')").HasDatabaseName("seat_reservations_live");
    }
}
