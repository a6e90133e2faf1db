using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Catalog.Storage;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Catalog.Seats;

/// <summary>
/// Takes a seat, or remembers why not. Two first deliveries at once both find no row; the second one's insert then fails on the key,
/// its transaction (with its seat) is undone, and its next try finds what the first one decided.
/// </summary>
internal sealed class ReserveSeatConsumer(CatalogDbContext db, TimeProvider clock) : IConsumer<ReserveSeat>
{
    public async Task Consume(ConsumeContext<ReserveSeat> context)
    {
        var (wish, ct) = (context.Message, context.CancellationToken);
        var decided = await db.Reservations.SingleOrDefaultAsync(r => r.Id == wish.ReservationId, ct);
        if (decided is null)
            db.Add(decided = await DecideAsync(wish, ct));

        if (decided.HoldsSeat)
            await context.Publish(new SeatReserved(wish.CorrelationId, decided.Id, decided.PlanId), ct);
        else
            await context.Publish(decided.ToRefusal(wish.CorrelationId), ct);
    }

    private async Task<SeatReservation> DecideAsync(ReserveSeat wish, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        Refusal? refusal = wish.ExpiresAt <= now
            ? CatalogRefusals.ReservationEnded
            : await db.TakeSeatAsync(wish.PlanId, wish.UserId, ct);
        return new()
        {
            Id = wish.ReservationId,
            PlanId = wish.PlanId,
            UserId = wish.UserId,
            State = refusal is null ? SeatState.Reserved : SeatState.Refused,
            RefusalCode = refusal?.Code,
            ExpiresAt = wish.ExpiresAt.ToUniversalTime(),
            CreatedAt = now,
            EndedAt = refusal is null ? null : now,
        };
    }
}

internal static class SeatAnswers
{
    /// <summary>A reservation without a seat says why: the remembered refusal, or that it has ended.</summary>
    public static SeatRefused ToRefusal(this SeatReservation reservation, Guid correlationId) =>
        new(correlationId, reservation.Id, reservation.PlanId, reservation.RefusalCode ?? CatalogRefusals.ReservationEnded.Code);
}
