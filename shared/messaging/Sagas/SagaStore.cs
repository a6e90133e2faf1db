using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging;

/// <summary>Keeps sagas in the service's DbContext, inside the inbox transaction; the row is locked while an event is handled.</summary>
internal sealed class SagaStore<TSaga, TDb>(TDb db, ISagaConsumeContextFactory<TDb, TSaga> contexts, SagaStateMachine<TSaga> machine)
    : ISagaRepositoryContextFactory<TSaga>
    where TSaga : class, SagaStateMachineInstance
    where TDb : DbContext
{
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next) where T : class
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException($"{typeof(TSaga).Name} must be consumed inside the transactional inbox.");
        var store = new SagaStoreContext<TSaga, T, TDb>(db, context, contexts);
        await next.Send(store);
        store.ThrowIfNobodyTookIt(machine);
    }

    public async Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class
    {
        var store = new SagaStoreContext<TSaga, T, TDb>(db, context, contexts);
        var ids = await db.Set<TSaga>().Where(query.FilterExpression).OrderBy(x => x.CorrelationId).Select(x => x.CorrelationId)
            .ToListAsync(context.CancellationToken);
        var sagas = new List<TSaga>();
        foreach (var id in ids)
        {
            if (await store.LockAsync(id) is { } saga)
                sagas.Add(saga);
        }

        await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(store, sagas));
        store.ThrowIfNobodyTookIt(machine);
    }

    public void Probe(ProbeContext context) => context.Add("persistence", typeof(TDb).Name);
}

internal sealed class SagaStoreContext<TSaga, T, TDb>(TDb db, ConsumeContext<T> consumed, ISagaConsumeContextFactory<TDb, TSaga> contexts)
    : ConsumeContextScope<T>(consumed), SagaRepositoryContext<TSaga, T>
    where TSaga : class, SagaStateMachineInstance
    where T : class
    where TDb : DbContext
{
    private readonly ConsumeContext<T> consumed = consumed;
    private bool taken;

    internal async Task<TSaga?> LockAsync(Guid id)
    {
        // A row version mapped to PostgreSQL's hidden column xmin is not part of "*".
        var version = db.Maps<TSaga>("xmin") ? ", xmin" : "";
        var key = db.ColumnOf<TSaga>(nameof(ISaga.CorrelationId));
        var locked = $"SELECT *{version} FROM {db.TableOf<TSaga>()} WHERE {key} = {{0}} FOR UPDATE";
        var rows = await db.Set<TSaga>().FromSqlRaw(locked, id).AsTracking().ToListAsync(CancellationToken);
        taken |= rows.Count > 0;
        return rows.SingleOrDefault();
    }

    /// <exception cref="SagaNotYetException">The event neither found its saga nor began one, and that was not foreseen.</exception>
    internal void ThrowIfNobodyTookIt(SagaStateMachine<TSaga> machine)
    {
        if (!taken && !MissingSagas<TSaga, T>.IsForeseenBy(machine))
            throw new SagaNotYetException(typeof(TSaga), typeof(T));
    }

    public async Task<SagaConsumeContext<TSaga, T>?> Load(Guid correlationId) =>
        await LockAsync(correlationId) is { } saga ? await InContextAsync(saga, SagaConsumeContextMode.Load) : null;

    public Task<SagaConsumeContext<TSaga, T>> Add(TSaga instance)
    {
        taken = true;
        return InContextAsync(instance, SagaConsumeContextMode.Add);
    }

    // Two first events at once: the second one's insert fails, is tried again, and then loads what the first one wrote.
    public async Task<SagaConsumeContext<TSaga, T>> Insert(TSaga instance)
    {
        taken = true;
        db.Add(instance);
        await db.SaveChangesAsync(CancellationToken);
        return await InContextAsync(instance, SagaConsumeContextMode.Insert);
    }

    public Task Save(SagaConsumeContext<TSaga> context)
    {
        db.Add(context.Saga);
        return Task.CompletedTask;
    }

    // The one SaveChanges of the inbox writes what changed.
    public Task Update(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        db.Remove(context.Saga);
        return Task.CompletedTask;
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        var entry = db.Entry(context.Saga);
        if (entry.State == EntityState.Modified)
            entry.CurrentValues.SetValues(entry.OriginalValues);
        if (entry.State != EntityState.Detached)
            entry.State = entry.State == EntityState.Added ? EntityState.Detached : EntityState.Unchanged;
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, TOther>> CreateSagaConsumeContext<TOther>(ConsumeContext<TOther> consumeContext, TSaga instance,
        SagaConsumeContextMode mode) where TOther : class => contexts.CreateSagaConsumeContext(db, consumeContext, instance, mode);

    private Task<SagaConsumeContext<TSaga, T>> InContextAsync(TSaga saga, SagaConsumeContextMode mode) =>
        contexts.CreateSagaConsumeContext(db, consumed, saga, mode);
}
