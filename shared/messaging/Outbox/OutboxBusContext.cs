using MassTransit;
using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>
/// Gives HTTP requests and background jobs an IPublishEndpoint that writes into the scoped DbContext:
/// what they publish commits with their own rows, and works while the broker is away.
/// </summary>
internal sealed class OutboxBusContextProvider<TDb>(IBus bus, TDb db, Bind<IBus, IClientFactory> clients,
    Bind<IBus, IScopedConsumeContextProvider> consuming, IServiceProvider services) : IScopedBusContextProvider<IBus>
    where TDb : DbContext
{
    public ScopedBusContext Context { get; } = consuming.Value.HasContext
        ? new ConsumeContextScopedBusContext(consuming.Value.GetContext(), clients.Value)
        : new OutboxBusContext(bus, db, clients.Value, services);
}

internal sealed class OutboxBusContext(IBus bus, DbContext db, IClientFactory clients, IServiceProvider services)
    : ScopedBusContext, OutboxSendContext
{
    public ISendEndpointProvider SendEndpointProvider => field ??= new OutboxSendEndpointProvider(this, bus);

    public IPublishEndpoint PublishEndpoint => field ??= new PublishEndpoint(new OutboxPublishEndpointProvider(this, bus));

    // Queries go out at once: they have no effect that a transaction would have to protect.
    public IScopedClientFactory ClientFactory =>
        field ??= new ScopedClientFactory(new ClientFactory(new ScopedClientFactoryContext(clients, services)), null);

    public Task AddSend<T>(SendContext<T> context) where T : class
    {
        db.Add(OutboxEntry.From(context));
        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => services.GetService(serviceType);
}
