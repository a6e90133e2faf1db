using MassTransit;

namespace Platform.Messaging;

/// <summary>
/// An event that does not begin a saga found none. MassTransit's default is to acknowledge it, which loses it when it has overtaken the event
/// that begins the saga. Here it is tried again for a while and then parked, where it can be replayed.
/// </summary>
public sealed class SagaNotYetException(Type saga, Type message) : Exception(
    $"There is no {saga.Name} for this {message.Name} yet. If that is to be expected, say OnMissingInstance(m => m.Ignore()) for the event.");

public static class MissingSagas
{
    /// <summary>
    /// Says that the event may come when its saga is gone, e.g. a late deadline of a saga that is removed at its end.
    /// Discard() is not enough: it cannot be told from having said nothing.
    /// </summary>
    public static IPipe<ConsumeContext<T>> Ignore<TSaga, T>(this IMissingInstanceConfigurator<TSaga, T> missing)
        where TSaga : SagaStateMachineInstance
        where T : class =>
        missing.Execute(context => context.GetOrAddPayload(() => new Ignored()));

    internal static bool IsMissingSagaIgnored(this ConsumeContext context) => context.TryGetPayload<Ignored>(out _);

    private sealed class Ignored;
}
