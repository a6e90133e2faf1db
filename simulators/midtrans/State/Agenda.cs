namespace Platform.Simulators.Midtrans.State;

/// <summary>Something the gateway does by itself at a time. Whether it still applies is decided when its time comes.</summary>
internal abstract record DueWork
{
    private DueWork()
    {
    }

    internal sealed record Deliver(Guid DeliveryId) : DueWork;

    internal sealed record Expire(string TransactionId) : DueWork;

    internal sealed record CardStep(string TransactionId) : DueWork;

    internal sealed record ConfirmRefund(string TransactionId, long RefundId) : DueWork;
}

/// <summary>What is due when. Not saved: it follows from the state, and is built again when that is loaded.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<DueWork, (DateTimeOffset At, long Order)> entries = new();
    private long order;

    public DateTimeOffset? NextAt => entries.TryPeek(out _, out var priority) ? priority.At : null;

    // The order of entry decides between equal times, or a pending notice could overtake its settlement under a coarse clock.
    public void Add(DateTimeOffset at, DueWork work) => entries.Enqueue(work, (at, order++));

    public bool TryTake(DateTimeOffset now, out DueWork work)
    {
        work = null!;
        return NextAt <= now && entries.TryDequeue(out work!, out _);
    }

    public void Clear() => entries.Clear();
}
