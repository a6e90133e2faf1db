using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Platform.Messaging.Victim;

public sealed class LedgerDb(DbContextOptions<LedgerDb> options) : DbContext(options)
{
    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("ledger").AddMessaging();
        modelBuilder.MapEffects();
    }
}

/// <summary>Whether ledger has a bug; a test mends it.</summary>
public sealed class Mood
{
    private int tries;
    private volatile bool broken;

    public bool Broken
    {
        get => broken;
        set => broken = value;
    }

    public int Tries => tries;

    public void Tried() => Interlocked.Increment(ref tries);
}

internal sealed class ChargeConsumer(LedgerDb db) : IConsumer<ChargeOrder>
{
    public async Task Consume(ConsumeContext<ChargeOrder> context)
    {
        db.Add(Effect.Of(context.Message.CorrelationId, "charge"));
        if (context.Message.Amount > 0)
            await context.Publish(new OrderCharged(context.Message.CorrelationId));
    }
}

internal sealed class CompletionConsumer(LedgerDb db) : IConsumer<OrderCompleted>
{
    public Task Consume(ConsumeContext<OrderCompleted> context)
    {
        db.Add(Effect.Of(context.Message.CorrelationId, "completion"));
        return Task.CompletedTask;
    }
}

internal sealed class FragileConsumer(LedgerDb db, Mood mood) : IConsumer<FragileOrder>
{
    public async Task Consume(ConsumeContext<FragileOrder> context)
    {
        mood.Tried();
        db.Add(Effect.Of(context.Message.CorrelationId, "fragile"));
        await db.SaveChangesAsync(context.CancellationToken);
        if (mood.Broken)
            throw new InvalidOperationException("The ledger is broken.");
    }
}

internal sealed class CountConsumer(LedgerDb db, IRequestClient<GetCharges> ledger) : IConsumer<CountCharges>
{
    public async Task Consume(ConsumeContext<CountCharges> context)
    {
        var answer = await ledger.GetResponse<Charges>(new GetCharges(context.Message.CorrelationId), context.CancellationToken);
        db.Add(Effect.Of(context.Message.CorrelationId, $"counted {answer.Message.Count}"));
    }
}

internal sealed class ChargesQuery(LedgerDb db, Mood mood) : IConsumer<GetCharges>
{
    public async Task Consume(ConsumeContext<GetCharges> context)
    {
        if (mood.Broken)
            throw new InvalidOperationException("The ledger is broken.");
        var count = await db.Effects.CountAsync(x => x.OrderId == context.Message.OrderId && x.Kind == "charge", context.CancellationToken);
        await context.RespondAsync(new Charges(count));
    }
}
