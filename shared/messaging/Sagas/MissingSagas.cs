using System.Reflection;
using MassTransit;

namespace Platform.Messaging;

/// <summary>
/// An event that does not begin a saga found none. MassTransit's default is to acknowledge it, which loses it when it has overtaken
/// the event that begins the saga. Here it is tried again for a while and then parked, where it can be replayed.
/// </summary>
public sealed class SagaNotYetException(Type saga, Type message) : Exception(
    $"There is no {saga.Name} for this {message.Name} yet. If that is to be expected, say OnMissingInstance(m => m.Discard()).");

/// <summary>What a state machine has said about events of one type that find no saga.</summary>
internal static class MissingSagas<TSaga, T> where TSaga : class, SagaStateMachineInstance where T : class
{
    private static readonly Lock Gate = new();
    private static bool? said;

    /// <summary>
    /// False when the machine says nothing. It is not asked in public: to MassTransit, silence and Discard() are the same.
    /// To us they are not: several machines may share an event, and then each discards what is another's.
    /// </summary>
    /// <exception cref="MissingFieldException">MassTransit has another inside than the version this was written for.</exception>
    public static bool IsForeseenBy(SagaStateMachine<TSaga> machine)
    {
        lock (Gate)
            return said ??= machine.Correlations.Where(correlation => correlation.DataType == typeof(T)).Any(Says);
    }

    private static bool Says(EventCorrelation correlation)
    {
        var pipe = correlation.GetType().GetField("_missingPipe", BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw new MissingFieldException(correlation.GetType().FullName, "_missingPipe");
        return pipe.GetValue(correlation) is not null;
    }
}
