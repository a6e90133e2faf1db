using MassTransit;
using MassTransit.Configuration;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Platform.Messaging;

public static class MessagingRegistration
{
    /// <summary>
    /// Joins a service to the bus: one quorum queue named after the service for its consumers and sagas, behind the transactional inbox;
    /// one short-lived queue for queries; and the outbox in <typeparamref name="TDb"/>.
    /// </summary>
    /// <param name="rabbitMq">amqp://user:password@host:port/vhost</param>
    /// <param name="join">Names the service's consumers, sagas and queries.</param>
    public static void AddPlatformMessaging<TDb>(this IHostApplicationBuilder builder, string service, string rabbitMq,
        Action<BusMembers<TDb>> join)
        where TDb : DbContext
    {
        var members = new BusMembers<TDb>();
        join(members);

        var services = builder.Services;
        services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        var faults = builder.Environment.IsProduction() ? null : builder.Configuration["PLATFORM_FAULTS"];
        services.AddSingleton(new FaultPoints(service, faults));
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<IInterceptor, OutboxCommitInterceptor>();
        services.AddScoped<IOutboxContextFactory<TDb>, TransactionalInbox<TDb>>();
        services.AddScoped<IMessageScheduler>(scope => new MessageScheduler(
            new OutboxScheduler(scope.GetRequiredService<TDb>(), scope.GetRequiredService<ISendEndpointProvider>()),
            scope.GetRequiredService<IBus>().Topology));
        TraceContext.Follow();

        services.AddMassTransit(bus =>
        {
            bus.SetKebabCaseEndpointNameFormatter();
            bus.Configure<UsageTelemetryOptions>(telemetry => telemetry.Enabled = false);
            members.Register(bus);
            bus.Replace(ServiceDescriptor.Scoped<IScopedBusContextProvider<IBus>, OutboxBusContextProvider<TDb>>());
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(rabbitMq));
                rabbit.SendTopology.ConfigureErrorSettings = KeepForGood;
                rabbit.SendTopology.ConfigureDeadLetterSettings = KeepForGood;
                rabbit.ReceiveEndpoint(service, endpoint => ConfigureWork(endpoint, service, context, members));
                if (members.HasQueries)
                    rabbit.ReceiveEndpoint($"{service}-queries", endpoint => ConfigureQueries(endpoint, context, members));
            });
        });

        // After the bus, so that it stops before the bus does: a send that is cut off only means a repetition, but why have one.
        services.AddHostedService<OutboxDispatcher<TDb>>();
    }

    private static void ConfigureWork<TDb>(IRabbitMqReceiveEndpointConfigurator endpoint, string service,
        IRegistrationContext context, BusMembers<TDb> members) where TDb : DbContext
    {
        endpoint.SetQuorumQueue();
        // A message that kills its consumer again and again ends in the dead-letter queue; a limit without one would drop it.
        endpoint.SetQueueArgument("x-delivery-limit", 20);
        // The broker keeps it until the dead-letter queue has confirmed it; for that, it refuses publishes rather than drop the oldest.
        endpoint.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        endpoint.SetQueueArgument("x-overflow", "reject-publish");
        endpoint.BindDeadLetterQueue($"{service}_dead", $"{service}_dead");
        endpoint.PrefetchCount = 32;
        endpoint.ConcurrentMessageLimit = 8;
        endpoint.UsePlatformRetries();
        var inbox = new OutboxConsumePipeSpecificationObserver<TDb>(endpoint, context);
        endpoint.ConnectConsumerConfigurationObserver(inbox);
        endpoint.ConnectSagaConfigurationObserver(inbox);
        members.ConfigureWork(endpoint, context);
    }

    // Parking places inherit the arguments of their queue; with a delivery limit, looking at a message too often would move it on.
    private static void KeepForGood(IRabbitMqQueueConfigurator parked)
    {
        foreach (var argument in new[] { "x-delivery-limit", "x-dead-letter-exchange", "x-dead-letter-strategy", "x-overflow" })
            parked.SetQueueArgument(argument, (object?)null);
    }

    private static void ConfigureQueries<TDb>(IRabbitMqReceiveEndpointConfigurator endpoint, IRegistrationContext context,
        BusMembers<TDb> members) where TDb : DbContext
    {
        endpoint.Durable = false;
        endpoint.ConcurrentMessageLimit = 16;
        // Who asked is told of the failure and may ask again; nobody would ever look at a parked question.
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        members.ConfigureQueries(endpoint, context);
    }
}
