using System.Collections.Concurrent;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Platform.Messaging.Tests;

/// <summary>Hears what is published, in the very order in which the broker took it: one queue, one consumer.</summary>
public sealed class Listener : IAsyncDisposable
{
    private readonly ConcurrentQueue<(Guid Id, JsonElement Message)> heard = new();
    private readonly IConnection connection;
    private readonly IChannel channel;

    private Listener(IConnection connection, IChannel channel)
    {
        this.connection = connection;
        this.channel = channel;
    }

    public IReadOnlyList<(Guid Id, JsonElement Message)> Heard => [.. heard];

    /// <param name="type">Name of a message of the victim.</param>
    public static async Task<Listener> ListenAsync(Stage stage, string type)
    {
        var connection = await stage.ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        var listener = new Listener(connection, channel);
        var exchange = $"Platform.Messaging.Victim:{type}";
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync("listener", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("listener", exchange, "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            using var envelope = JsonDocument.Parse(delivery.Body);
            var root = envelope.RootElement;
            listener.heard.Enqueue((root.GetProperty("messageId").GetGuid(), root.GetProperty("message").Clone()));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("listener", autoAck: true, consumer);
        return listener;
    }

    /// <summary>What was heard of numbered facts, per key, without repetitions of a message id.</summary>
    public Dictionary<Guid, List<int>> Facts() => Heard.DistinctBy(x => x.Id)
        .GroupBy(x => x.Message.GetProperty("correlationId").GetGuid())
        .ToDictionary(key => key.Key, key => key.Select(x => x.Message.GetProperty("number").GetInt32()).ToList());

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
