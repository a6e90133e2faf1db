using MassTransit;
using MassTransit.Configuration;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>What a service takes from the bus. Told once, at start.</summary>
public sealed class BusMembers<TDb> where TDb : DbContext
{
    private readonly List<Action<IBusRegistrationConfigurator>> registrations = [];
    private readonly List<Action<IReceiveEndpointConfigurator, IRegistrationContext>> work = [];
    private readonly List<Action<IReceiveEndpointConfigurator, IRegistrationContext>> queries = [];

    internal bool HasQueries => queries.Count > 0;

    /// <summary>A consumer of commands or events: each message once, in one transaction with its effects.</summary>
    public BusMembers<TDb> Consume<TConsumer>() where TConsumer : class, IConsumer
    {
        registrations.Add(bus => bus.AddConsumer<TConsumer>());
        work.Add((endpoint, context) => endpoint.ConfigureConsumer<TConsumer>(context));
        return this;
    }

    /// <summary>A state machine whose instances live in <typeparamref name="TDb"/>, locked while one of their events is handled.</summary>
    public BusMembers<TDb> Saga<TMachine, TSaga>()
        where TMachine : class, SagaStateMachine<TSaga>
        where TSaga : class, SagaStateMachineInstance
    {
        registrations.Add(bus => bus.AddSagaStateMachine<TMachine, TSaga>().Repository(r =>
            r.RegisterSagaRepository<TSaga, TDb, MassTransit.Saga.SagaConsumeContextFactory<TDb, TSaga>, SagaStore<TSaga, TDb>>()));
        work.Add((endpoint, context) => endpoint.ConfigureSaga<TSaga>(context));
        return this;
    }

    /// <summary>A consumer that only answers: no inbox, no transaction, and the answer leaves at once.</summary>
    public BusMembers<TDb> Answer<TConsumer>() where TConsumer : class, IConsumer
    {
        registrations.Add(bus => bus.AddConsumer<TConsumer>());
        queries.Add((endpoint, context) => endpoint.ConfigureConsumer<TConsumer>(context));
        return this;
    }

    /// <summary>Lets the service ask <typeparamref name="TQuery"/> of its owner; inject <see cref="IRequestClient{TRequest}"/>.</summary>
    public BusMembers<TDb> Ask<TQuery>(TimeSpan timeout) where TQuery : class
    {
        registrations.Add(bus => bus.AddRequestClient<TQuery>(RequestTimeout.After(ms: (int)timeout.TotalMilliseconds)));
        return this;
    }

    internal void Register(IBusRegistrationConfigurator bus) => registrations.ForEach(add => add(bus));

    internal void ConfigureWork(IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        work.ForEach(configure => configure(endpoint, context));

    internal void ConfigureQueries(IReceiveEndpointConfigurator endpoint, IRegistrationContext context) =>
        queries.ForEach(configure => configure(endpoint, context));
}
