using System.Diagnostics;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Platform.Benchmarks;

/// <summary>
/// What one message hop costs at least on this machine, without any code of ours: an insert that commits, a persistent publish to a
/// quorum queue that is confirmed and delivered, an insert that commits at the receiver. Median of many, one after another.
/// </summary>
internal static class MessageHopBound
{
    private const int Hops = 300;
    private const string Queue = "benchmark-bound";

    public static async Task<double> MedianMillisecondsAsync(CancellationToken ct)
    {
        await using var postgres = NpgsqlDataSource.Create(Surroundings.Postgres);
        await using var sql = await postgres.OpenConnectionAsync(ct);
        await ExecuteAsync(sql, "CREATE TEMP TABLE bound (id bigint GENERATED ALWAYS AS IDENTITY, body text)", ct);

        await using var connection = await new ConnectionFactory { Uri = Surroundings.RabbitMq }.CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: ct);
        try
        {
            return await MeasureAsync(sql, channel, ct);
        }
        finally
        {
            await channel.QueueDeleteAsync(Queue, cancellationToken: CancellationToken.None);
        }
    }

    private static async Task<double> MeasureAsync(NpgsqlConnection sql, IChannel channel, CancellationToken ct)
    {
        var delivered = new SemaphoreSlim(0);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct);
            delivered.Release();
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, ct);

        var body = new byte[1024];
        var properties = new BasicProperties { Persistent = true };
        var hops = new Latencies();
        for (var i = -20; i < Hops; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await ExecuteAsync(sql, "INSERT INTO bound (body) VALUES (repeat('x', 1024))", ct);
            await channel.BasicPublishAsync("", Queue, mandatory: true, properties, body, ct);
            await delivered.WaitAsync(ct);
            await ExecuteAsync(sql, "INSERT INTO bound (body) VALUES (repeat('x', 1024))", ct);
            if (i >= 0)
                hops.Add(Stopwatch.GetElapsedTime(started));
        }

        return hops.Percentile(50);
    }

    private static async Task ExecuteAsync(NpgsqlConnection sql, string statement, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(statement, sql);
        await command.ExecuteNonQueryAsync(ct);
    }
}
