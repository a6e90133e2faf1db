using MassTransit;
using Platform.Catalog.Storage;
using Platform.Contracts;

namespace Platform.Catalog.Seats;

/// <summary>Makes a reserved seat permanent. A reservation that ran out is ended here and now when the sweep has not come by yet.</summary>
internal sealed class ConfirmSeatConsumer(CatalogDbContext db, TimeProvider clock) : IConsumer<ConfirmSeat>
{
    public async Task Consume(ConsumeContext<ConfirmSeat> context)
    {
        var (wish, ct) = (context.Message, context.CancellationToken);
        var now = clock.GetUtcNow();
        var reservation = await db.LockReservationAsync(wish.ReservationId, ct);
        if (reservation is null)
        {
            // The asker is told that there is no reservation, so a ReserveSeat that is still on its way may not take a seat any more.
            db.Add(reservation = SeatReservation.EndedBeforeItArrived(wish.ReservationId, wish.PlanId, now));
        }
        else if (reservation.State == SeatState.Reserved && reservation.ExpiresAt <= now)
        {
            await db.EndAsync(reservation, SeatState.Expired, now, ct);
        }
        else if (reservation.State == SeatState.Reserved)
        {
            reservation.State = SeatState.Confirmed;
            reservation.ConfirmedAt = now;
        }

        if (reservation.State == SeatState.Confirmed)
            await context.Publish(new SeatConfirmed(wish.CorrelationId, reservation.Id), ct);
        else
            await context.Publish(reservation.ToRefusal(wish.CorrelationId), ct);
    }
}
