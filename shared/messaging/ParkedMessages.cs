using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Platform.Messaging;

/// <summary>One message that nobody could handle.</summary>
/// <param name="Place">The queue it lies in.</param>
/// <param name="MessageId">Null when its sender gave it none.</param>
/// <param name="MessageType">Full name, as far as known.</param>
/// <param name="Reason">Type and text of the exception, or why the broker gave it up.</param>
/// <param name="At">When it was given up; null if that is not recorded.</param>
public sealed record ParkedMessage(string Place, Guid? MessageId, string? MessageType, string? Reason, DateTimeOffset? At, string Body);

/// <summary>
/// What operators do with messages that a service could not handle: look at them, and after a repair send them into its queue again.
/// A replayed message keeps its id, so a consumer that had already dealt with it leaves it alone.
/// </summary>
/// <param name="rabbitMq">amqp://user:password@host:port/vhost</param>
public sealed class ParkedMessages(Uri rabbitMq)
{
    /// <summary>Where messages are parked: after exceptions, after too many deliveries without an end, without a consumer.</summary>
    private static readonly string[] Places = ["_error", "_dead", "_skipped"];

    /// <summary>Headers that tell of the failure; they belong to the past once the message is sent again.</summary>
    private static readonly string[] Traces =
        ["MT-Fault-", "MT-Reason", "MT-Host-", "x-death", "x-first-death-", "x-last-death-", "x-delivery-count"];

    /// <summary>The oldest parked messages of a service. They stay where they are.</summary>
    public async Task<IReadOnlyList<ParkedMessage>> ListAsync(string service, int limit, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        var parked = new List<ParkedMessage>();
        foreach (var place in Places.Select(suffix => service + suffix))
        {
            // Got, not acknowledged: the queue puts them back in their places when the channel closes.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
            for (var left = await DepthAsync(connection, place, ct); left > 0 && parked.Count < limit; left--)
            {
                if (await channel.BasicGetAsync(place, autoAck: false, ct) is not { } message)
                    break;
                parked.Add(Read(place, message));
            }
        }

        return parked;
    }

    /// <summary>Sends parked messages into their service's queue again; each leaves its place only when that has confirmed it.</summary>
    /// <param name="which">Leaves out those that it says no to.</param>
    /// <returns>How many were sent.</returns>
    /// <exception cref="PublishException">The service's queue did not take one; that one and those after it stay parked.</exception>
    public async Task<int> ReplayAsync(string service, Func<ParkedMessage, bool> which, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        var replayed = 0;
        foreach (var place in Places.Select(suffix => service + suffix))
        {
            await using var channel = await connection.CreateChannelAsync(new(true, true), ct);
            // Counted before, or a message that is parked again at once would be sent round and round.
            for (var left = await DepthAsync(connection, place, ct); left > 0; left--)
            {
                if (await channel.BasicGetAsync(place, autoAck: false, ct) is not { } message)
                    break;
                if (!which(Read(place, message)))
                    continue;
                await channel.BasicPublishAsync("", service, mandatory: true, Cleaned(message.BasicProperties), message.Body, ct);
                await channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct);
                replayed++;
            }
        }

        return replayed;
    }

    private async Task<IConnection> ConnectAsync(CancellationToken ct) =>
        await new ConnectionFactory { Uri = rabbitMq, ClientProvidedName = "parked messages" }.CreateConnectionAsync(ct);

    private static async Task<uint> DepthAsync(IConnection connection, string queue, CancellationToken ct)
    {
        // A channel of its own: the broker closes it when there is no such queue, and then nothing was ever parked there.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, ct)).MessageCount;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    private static BasicProperties Cleaned(IReadOnlyBasicProperties properties)
    {
        var cleaned = new BasicProperties(properties);
        if (cleaned.Headers is { } headers)
        {
            cleaned.Headers = headers.Where(header => !Traces.Any(trace => header.Key.StartsWith(trace, StringComparison.Ordinal)))
                .ToDictionary();
        }

        return cleaned;
    }

    private static ParkedMessage Read(string place, BasicGetResult message)
    {
        var properties = message.BasicProperties;
        var exception = Text(properties, "MT-Fault-ExceptionType");
        var reason = exception is null
            ? Text(properties, "MT-Reason") ?? Text(properties, "x-first-death-reason")
            : $"{exception}: {Text(properties, "MT-Fault-Message")}";
        return new(
            place,
            Guid.TryParse(properties.MessageId, out var id) ? id : null,
            Text(properties, "MT-Fault-MessageType") ?? properties.Type,
            reason,
            DateTimeOffset.TryParse(Text(properties, "MT-Fault-Timestamp"), CultureInfo.InvariantCulture, out var at) ? at : null,
            Encoding.UTF8.GetString(message.Body.Span));
    }

    private static string? Text(IReadOnlyBasicProperties properties, string header) =>
        properties.Headers is { } headers && headers.TryGetValue(header, out var value)
            ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
}
