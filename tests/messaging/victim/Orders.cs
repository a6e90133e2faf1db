using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging.Victim;

public sealed class Order : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Notes { get; set; }
    public Guid? DeadlineToken { get; set; }
    public uint Version { get; set; }
}

/// <summary>An effect. It has no unique key on purpose: a second one must show.</summary>
public sealed class Effect
{
    public long Id { get; set; }
    public Guid OrderId { get; set; }
    public string Kind { get; set; } = "";
    public string? TraceId { get; set; }

    public static Effect Of(Guid order, string kind) =>
        new() { OrderId = order, Kind = kind, TraceId = Activity.Current?.TraceId.ToString() };
}

public sealed class OrdersDb(DbContextOptions<OrdersDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("orders").AddMessaging();
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders").HasKey(x => x.CorrelationId);
            order.Property(x => x.CorrelationId).HasColumnName("id").ValueGeneratedNever();
            order.Property(x => x.CurrentState).HasColumnName("state");
            order.Property(x => x.Notes).HasColumnName("notes");
            order.Property(x => x.Version).IsRowVersion();
        });
        modelBuilder.MapEffects();
    }
}

public sealed class OrderMachine : MassTransitStateMachine<Order>
{
    public OrderMachine(TimeProvider clock)
    {
        InstanceState(x => x.CurrentState);
        Event(() => Charged, e => e.OnMissingInstance(m => m.Discard()));
        Schedule(() => Deadline, x => x.DeadlineToken, s => s.Received = e => e.CorrelateById(m => m.Message.CorrelationId));

        Initially(
            When(Placed)
                .Then(x => Note(x, "placed"))
                // The service's clock, not the machine's own reckoning (UtcNow + delay): a test moves it.
                .Schedule(Deadline, x => new OrderOverdue(x.Saga.CorrelationId), x => (clock.GetUtcNow() + x.Message.Limit).UtcDateTime)
                .Publish(x => new ChargeOrder(x.Saga.CorrelationId, x.Message.Amount))
                .TransitionTo(Charging));

        During(Charging,
            Ignore(Placed),
            When(Charged)
                .Unschedule(Deadline)
                .Then(x => Note(x, "completed"))
                .Publish(x => new OrderCompleted(x.Saga.CorrelationId))
                .TransitionTo(Completed),
            When(Deadline!.Received)
                .Then(x => Note(x, "overdue"))
                .TransitionTo(Overdue),
            When(Noted).Then(x => x.Saga.Notes++));

        During([Completed, Overdue], Ignore(Placed), Ignore(Charged), Ignore(Noted), Ignore(Deadline.AnyReceived));
    }

    public State Charging { get; } = null!;
    public State Completed { get; } = null!;
    public State Overdue { get; } = null!;
    public Event<OrderPlaced> Placed { get; } = null!;
    public Event<OrderCharged> Charged { get; } = null!;
    public Event<OrderNoted> Noted { get; } = null!;
    public Schedule<Order, OrderOverdue> Deadline { get; } = null!;

    private static void Note<T>(BehaviorContext<Order, T> context, string kind) where T : class =>
        context.GetPayload<IServiceProvider>().GetRequiredService<OrdersDb>().Add(Effect.Of(context.Saga.CorrelationId, kind));
}

internal static class OrderEndpoints
{
    public static void MapOrders(this WebApplication app)
    {
        app.MapPost("/orders/{id:guid}/{amount:long}", async (Guid id, long amount, TimeSpan? limit, OrdersDb db, IPublishEndpoint bus,
            CancellationToken ct) =>
        {
            db.Add(Effect.Of(id, "accepted"));
            await bus.Publish(new OrderPlaced(id, amount, limit ?? TimeSpan.FromMinutes(10)), ct);
            await db.SaveChangesAsync(ct);
            return Activity.Current?.TraceId.ToString() ?? "";
        });
        app.MapPost("/facts/{key:guid}/{number:int}", async (Guid key, int number, int? count, OrdersDb db, IPublishEndpoint bus,
            CancellationToken ct) =>
        {
            for (var n = number; n < number + (count ?? 1); n++)
                await bus.Publish(new NumberedFact(key, n), ct);
            await db.SaveChangesAsync(ct);
        });
    }
}
