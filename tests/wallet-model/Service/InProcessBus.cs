using System.Collections.Concurrent;
using MassTransit;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// A second bus inside the wallet, over memory instead of RabbitMQ; consumers, inbox, scopes and transactions are the real ones.
/// </summary>
public interface IInProcessBus : IBus;

/// <summary>
/// Hands the wallet's consumers a message and waits until it is dealt with, so that many thousand messages take seconds. What they
/// say is a row of the real outbox, written in the transaction of their effect, and is read there.
/// </summary>
internal sealed class InProcessDeliveries : IReceiveObserver
{
    public const string Queue = "wallet-in-process";
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> waiting = new();
    private readonly ConcurrentDictionary<Guid, Exception> failures = new();

    public static void Join(IBusRegistrationConfigurator<IInProcessBus> bus)
    {
        bus.AddConsumer<HoldFundsConsumer>();
        bus.AddConsumer<CaptureHoldConsumer>();
        bus.AddConsumer<ReleaseHoldConsumer>();
        bus.AddConsumer<RefundChargeConsumer>();
        bus.UsingInMemory((context, memory) => memory.ReceiveEndpoint(Queue, endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 32;
            endpoint.PrefetchCount = 64;
            // Production waits a little longer between the tries for a race that was lost; how often it may be lost is the same.
            endpoint.UseMessageRetry(retry =>
            {
                retry.Handle<Microsoft.EntityFrameworkCore.DbUpdateException>();
                retry.Exponential(16, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(2));
            });
            endpoint.ConnectConsumerConfigurationObserver(
                new MassTransit.Configuration.OutboxConsumePipeSpecificationObserver<WalletDbContext>(endpoint, context));
            endpoint.ConfigureConsumer<HoldFundsConsumer>(context);
            endpoint.ConfigureConsumer<CaptureHoldConsumer>(context);
            endpoint.ConfigureConsumer<ReleaseHoldConsumer>(context);
            endpoint.ConfigureConsumer<RefundChargeConsumer>(context);
        }));
    }

    /// <exception cref="InvalidOperationException">The consumer gave up; the failure is inside.</exception>
    public async Task DeliverAsync<T>(ISendEndpoint queue, T message, Guid messageId) where T : class
    {
        // A message that comes twice at once is dealt with twice; each delivery has a transport id of its own, which the observer sees.
        var delivery = Guid.CreateVersion7();
        var done = waiting[delivery] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Send(message, context =>
        {
            context.MessageId = messageId;
            context.Headers.Set(nameof(delivery), delivery.ToString());
        });
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        if (failures.TryRemove(delivery, out var failure))
            throw new InvalidOperationException($"{typeof(T).Name} could not be worked off.", failure);
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => EndAsync(context);

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) where T : class
    {
        failures[DeliveryOf(context.ReceiveContext)] = exception;
        return Task.CompletedTask;
    }

    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        failures[DeliveryOf(context)] = exception;
        return EndAsync(context);
    }

    private Task EndAsync(ReceiveContext context)
    {
        if (waiting.TryRemove(DeliveryOf(context), out var done))
            done.TrySetResult();
        return Task.CompletedTask;
    }

    private static Guid DeliveryOf(ReceiveContext context) =>
        context.TransportHeaders.TryGetHeader("delivery", out var value) && Guid.TryParse(value.ToString(), out var id) ? id : Guid.Empty;
}
