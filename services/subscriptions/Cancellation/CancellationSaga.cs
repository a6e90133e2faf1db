using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Cancellation;

/// <summary>Starts the end of a subscription that runs; written by the request that marked it as cancelled.</summary>
/// <param name="CorrelationId">The cancellation.</param>
public sealed record CancellationRequested(
    Guid CorrelationId, Guid SubscriptionId, Guid UserId, Guid InstanceId, Guid ReservationId, Guid PlanId, string Reason);

/// <summary>Where one cancellation stands.</summary>
internal sealed class CancellationState : ISubscriptionSaga
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public Guid SubscriptionId { get; set; }
    public Guid ReservationId { get; set; }
    public Guid PlanId { get; set; }
}

/// <summary>Delete everything of the application, then give the seat back: a seat is free only when its resources are.</summary>
internal sealed class CancellationSaga : MassTransitStateMachine<CancellationState>
{
    public CancellationSaga()
    {
        InstanceState(x => x.CurrentState);
        Event(() => Requested, e => e.CorrelateById(m => m.Message.CorrelationId));
        Event(() => InstanceTerminated, e => e.OnMissingInstance(m => m.Discard()));
        Event(() => SeatReleased, e => e.OnMissingInstance(m => m.Discard()));

        Initially(
            When(Requested)
                .Then(x => Begin(x.Saga, x.Message))
                .Publish(x => new TerminateInstance(
                    x.Saga.CorrelationId, x.Message.InstanceId, x.Message.SubscriptionId, x.Message.UserId, x.Message.Reason))
                .TransitionTo(Terminating));

        During(Terminating,
            When(InstanceTerminated)
                .Tell(Steps.InstanceDeleted, "Everything of the application is deleted from the cluster.")
                .ForgetInstance()
                .Publish(x => new ReleaseSeat(x.Saga.CorrelationId, x.Saga.ReservationId, x.Saga.PlanId))
                .TransitionTo(Releasing));

        During(Releasing,
            When(SeatReleased)
                .Tell(Steps.SeatReleased, "The seat is free again.")
                .ThenAsync(EndAsync)
                .TransitionTo(Ended));

        During([Terminating, Releasing, Ended], Ignore(Requested));
        During([Releasing, Ended], Ignore(InstanceTerminated));
        During(Ended, Ignore(SeatReleased));
    }

    public State Terminating { get; } = null!;
    public State Releasing { get; } = null!;
    public State Ended { get; } = null!;

    public Event<CancellationRequested> Requested { get; } = null!;
    public Event<InstanceTerminated> InstanceTerminated { get; } = null!;
    public Event<SeatReleased> SeatReleased { get; } = null!;

    private static void Begin(CancellationState saga, CancellationRequested request)
    {
        saga.SubscriptionId = request.SubscriptionId;
        saga.ReservationId = request.ReservationId;
        saga.PlanId = request.PlanId;
    }

    private static async Task EndAsync(BehaviorContext<CancellationState, SeatReleased> x)
    {
        var life = x.Service<Lifecycle>();
        var subscription = await life.LockAsync(x.Saga.SubscriptionId, x.CancellationToken);
        subscription.End(life.Now);
        await life.TellAsync(subscription.Id, Steps.Cancelled, "The subscription has ended.", null, x.CancellationToken);
        await x.Publish(
            new SubscriptionCancelled(subscription.Id, subscription.UserId, subscription.Reason!, life.Now),
            x.CancellationToken);
    }
}

internal sealed class CancellationStateConfiguration : IEntityTypeConfiguration<CancellationState>
{
    public void Configure(EntityTypeBuilder<CancellationState> saga)
    {
        saga.ToTable("cancellation_sagas").HasKey(s => s.CorrelationId);
        saga.Property(s => s.CorrelationId).HasColumnName("cancellation_id").ValueGeneratedNever();
        saga.Property(s => s.CurrentState).HasColumnName("state");
        saga.Property(s => s.SubscriptionId).HasColumnName("subscription_id");
        saga.Property(s => s.ReservationId).HasColumnName("reservation_id");
        saga.Property(s => s.PlanId).HasColumnName("plan_id");
        // Each subscription ends once.
        saga.HasIndex(s => s.SubscriptionId).IsUnique().HasDatabaseName("ux_cancellation_sagas_subscription_id");
    }
}
