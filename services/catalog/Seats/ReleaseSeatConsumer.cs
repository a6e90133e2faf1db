using MassTransit;
using Platform.Catalog.Storage;
using Platform.Contracts;

namespace Platform.Catalog.Seats;

/// <summary>Gives a seat back once, whatever became of its plan; the plan is the reservation's own, not the message's.</summary>
internal sealed class ReleaseSeatConsumer(CatalogDbContext db, TimeProvider clock) : IConsumer<ReleaseSeat>
{
    public async Task Consume(ConsumeContext<ReleaseSeat> context)
    {
        var (wish, ct) = (context.Message, context.CancellationToken);
        var now = clock.GetUtcNow();
        if (await db.LockReservationAsync(wish.ReservationId, ct) is { } reservation)
            await db.EndAsync(reservation, SeatState.Released, now, ct);
        else
            db.Add(SeatReservation.EndedBeforeItArrived(wish.ReservationId, wish.PlanId, now));

        await context.Publish(new SeatReleased(wish.CorrelationId, wish.ReservationId), ct);
    }
}
