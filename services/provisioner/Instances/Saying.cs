using MassTransit;

namespace Platform.Provisioner.Instances;

internal static class Saying
{
    /// <summary>Publishes messages of several types, in order; each becomes a row of the outbox.</summary>
    public static async Task SayAsync(this IPublishEndpoint endpoint, IReadOnlyList<object> messages, CancellationToken ct = default)
    {
        foreach (var message in messages)
            await endpoint.Publish(message, message.GetType(), ct);
    }

    /// <summary>Now, as exact as the database keeps it: a repeated answer names the same instant as the first.</summary>
    public static DateTimeOffset GetStoredNow(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
