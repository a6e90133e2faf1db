namespace Platform.Contracts;

// Commands to catalog, the only owner of seat counts, and its answers. CorrelationId names the saga that asked and comes back unchanged.

/// <summary>
/// Take one seat of a plan until <paramref name="ExpiresAt"/>. Answered by <see cref="SeatReserved"/> or <see cref="SeatRefused"/>.
/// </summary>
public sealed record ReserveSeat(Guid CorrelationId, Guid ReservationId, Guid PlanId, Guid UserId, DateTimeOffset ExpiresAt);

public sealed record SeatReserved(Guid CorrelationId, Guid ReservationId, Guid PlanId);

/// <param name="Code">QUOTA_EXCEEDED, PLAN_NOT_AVAILABLE, or RESERVATION_ENDED when the reservation was released or ran out before.</param>
public sealed record SeatRefused(Guid CorrelationId, Guid ReservationId, Guid PlanId, string Code);

/// <summary>
/// Keep the seat for good; asked before any money is captured. Answered by <see cref="SeatConfirmed"/> or <see cref="SeatRefused"/>.
/// </summary>
public sealed record ConfirmSeat(Guid CorrelationId, Guid ReservationId, Guid PlanId);

public sealed record SeatConfirmed(Guid CorrelationId, Guid ReservationId);

/// <summary>
/// Give the seat back, whatever state it is in; also works for a plan that is no longer sold, and before its reservation arrived.
/// </summary>
public sealed record ReleaseSeat(Guid CorrelationId, Guid ReservationId, Guid PlanId);

public sealed record SeatReleased(Guid CorrelationId, Guid ReservationId);
