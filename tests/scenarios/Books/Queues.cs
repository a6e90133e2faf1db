using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Scenarios.Running;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Platform.Scenarios.Books;

/// <summary>The broker's queues of messages that nobody could work off.</summary>
internal sealed class Queues(RunningPlatform platform)
{
    private readonly HttpClient management = Direct.To(new(platform.System.RabbitMq.ManagementApi));

    /// <summary>Every parking queue that holds something, with its length.</summary>
    public async Task<IReadOnlyList<string>> ParkedAsync()
    {
        var names = await NamesAsync();
        await using var connection = await ConnectAsync();
        var parked = new List<string>();
        foreach (var name in names.Where(name => name.EndsWith("_error", StringComparison.Ordinal)
            || name.EndsWith("_dead", StringComparison.Ordinal) || name.EndsWith("_skipped", StringComparison.Ordinal)))
        {
            // The management API counts every five seconds only; the broker itself knows.
            await using var channel = await connection.CreateChannelAsync();
            var count = await channel.MessageCountAsync(name);
            if (count > 0)
            {
                parked.Add($"{count} in {name}");
            }
        }

        return parked;
    }

    /// <summary>Puts a message into a queue, which is made if need be.</summary>
    public async Task PlantAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new(true, true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, mandatory: true, Encoding.UTF8.GetBytes("planted"));
    }

    public async Task DeleteAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(queue);
    }

    private async Task<IReadOnlyList<string>> NamesAsync()
    {
        var api = new Uri(platform.System.RabbitMq.ManagementApi);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api, "/api/queues/platform?columns=name"));
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(api.UserInfo));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        using var answer = await management.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return [.. (await answer.Content.ReadFromJsonAsync<JsonArray>())!.Select(queue => queue.Text("name"))];
    }

    private async Task<IConnection> ConnectAsync()
    {
        try
        {
            return await new ConnectionFactory { Uri = new(platform.System.RabbitMq.Connection) }.CreateConnectionAsync();
        }
        catch (BrokerUnreachableException away)
        {
            throw new HttpRequestException("The broker does not answer.", away);
        }
    }
}
