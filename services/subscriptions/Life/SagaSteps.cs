using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Life;

/// <summary>A saga about one subscription.</summary>
internal interface ISubscriptionSaga : SagaStateMachineInstance
{
    Guid SubscriptionId { get; }
}

/// <summary>What the steps of all our sagas share.</summary>
internal static class SagaSteps
{
    /// <summary>A service of the scope in which the message is handled; its DbContext is the one of the inbox's transaction.</summary>
    public static T Service<T>(this PipeContext context) where T : notnull =>
        context.GetPayload<IServiceProvider>().GetRequiredService<T>();

    /// <summary>Appends a step to the owner's timeline.</summary>
    public static EventActivityBinder<TSaga, T> Tell<TSaga, T>(this EventActivityBinder<TSaga, T> binder, string step, string detail,
        Func<BehaviorContext<TSaga, T>, Money?>? amount = null)
        where TSaga : class, ISubscriptionSaga
        where T : class => binder.Tell(step, _ => detail, amount);

    public static EventActivityBinder<TSaga, T> Tell<TSaga, T>(this EventActivityBinder<TSaga, T> binder, string step,
        Func<BehaviorContext<TSaga, T>, string> detail, Func<BehaviorContext<TSaga, T>, Money?>? amount = null)
        where TSaga : class, ISubscriptionSaga
        where T : class =>
        binder.ThenAsync(x =>
            x.Service<Lifecycle>().TellAsync(x.Saga.SubscriptionId, step, detail(x), amount?.Invoke(x), x.CancellationToken));

    /// <summary>The wallet's no, as a sentence for the owner.</summary>
    public static string InWords(this FundsRefused refused) => refused.Code switch
    {
        "WALLET_IN_DEBT" => "The wallet is in debt after a reversed payment.",
        "HOLD_ENDED" => "The time in which the money could be set aside had run out.",
        _ => "The wallet does not hold enough credit.",
    };

    /// <summary>
    /// The instance is gone for good: its owner reads so from this moment on, whichever snapshot is still on its way.
    /// </summary>
    public static EventActivityBinder<TSaga, InstanceTerminated> ForgetInstance<TSaga>(
        this EventActivityBinder<TSaga, InstanceTerminated> binder)
        where TSaga : class, ISubscriptionSaga =>
        binder.ThenAsync(x => x.Service<SubscriptionsDbContext>().Instances.Where(i => i.Id == x.Message.InstanceId)
            .ExecuteUpdateAsync(set => set
                .SetProperty(i => i.Version, long.MaxValue)
                .SetProperty(i => i.Status, "TERMINATED")
                .SetProperty(i => i.HealthStatus, "Terminated")
                .SetProperty(i => i.UpdatedAt, x.Message.At), x.CancellationToken));
}
