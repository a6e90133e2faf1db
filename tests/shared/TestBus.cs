using System.Collections.Concurrent;
using MassTransit;

namespace Platform.Testing;

/// <summary>A stranger on the bus: sends what other services would send and notes what the service under test says.</summary>
public sealed class TestBus : IAsyncDisposable
{
    private readonly ConcurrentQueue<object> heard = new();
    private readonly IBusControl bus;

    private TestBus(Uri broker, Action<TestBus, IReceiveEndpointConfigurator> listen) => bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
    {
        rabbit.Host(broker);
        rabbit.ReceiveEndpoint($"test-{Guid.CreateVersion7():N}", endpoint =>
        {
            endpoint.AutoDelete = true;
            listen(this, endpoint);
        });
    });

    /// <param name="listen">Names what to hear: <c>(bus, endpoint) => bus.Hear&lt;FundsHeld&gt;(endpoint)</c>.</param>
    public static async Task<TestBus> StartAsync(TestBroker broker, Action<TestBus, IReceiveEndpointConfigurator> listen)
    {
        var test = new TestBus(broker.Address, listen);
        await test.bus.StartAsync();
        return test;
    }

    public void Hear<T>(IReceiveEndpointConfigurator endpoint) where T : class => endpoint.Handler<T>(context =>
    {
        heard.Enqueue(context.Message);
        return Task.CompletedTask;
    });

    /// <summary>Plays a service that answers a command: what <paramref name="answer"/> returns is published.</summary>
    public void Answer<T>(
        IReceiveEndpointConfigurator endpoint, Func<T, object?> answer) where T : class => endpoint.Handler<T>(async context =>
    {
        heard.Enqueue(context.Message);
        if (answer(context.Message) is { } said)
            await context.Publish(said);
    });

    /// <summary>Plays the owner of what a query asks for.</summary>
    public static void Respond<T>(IReceiveEndpointConfigurator endpoint, Func<T, object> answer) where T : class =>
        endpoint.Handler<T>(context => context.RespondAsync(answer(context.Message)));

    /// <param name="messageId">Give the same id again to play a repeated delivery.</param>
    public Task SayAsync<T>(T message, Guid? messageId = null) where T : class =>
        bus.Publish(message, context => context.MessageId = messageId ?? context.MessageId);

    public IReadOnlyList<T> All<T>() => [.. heard.OfType<T>()];

    /// <summary>Waits for a message that fits.</summary>
    public async Task<T> HearsAsync<T>(Func<T, bool> fits, TimeSpan? within = null) where T : class =>
        (await Eventually.SeesAsync(() => Task.FromResult(All<T>().FirstOrDefault(fits)), found => found is not null, within,
            $"{typeof(T).Name} (heard: {string.Join(", ", heard.Select(m => m.GetType().Name))})"))!;

    public async Task<TAnswer> AskAsync<TQuery, TAnswer>(TQuery query) where TQuery : class where TAnswer : class =>
        (await bus.CreateRequestClient<TQuery>(TimeSpan.FromSeconds(10)).GetResponse<TAnswer>(query)).Message;

    public async ValueTask DisposeAsync() => await bus.StopAsync();
}
