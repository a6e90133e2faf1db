using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Simulators.Midtrans.Payments;

namespace Platform.Simulators.Midtrans.State;

/// <summary>One lock around everything: the simulator is small, and its tests must be able to reason about it.</summary>
internal sealed class Gateway
{
    /// <summary>"Expiry is executed by a batch scheduler": transactions expire on these marks, not on the second.</summary>
    private static readonly TimeSpan ExpiryBatch = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Saved = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly SimulatorOptions options;
    private GatewayState state;
    private long version;
    private long promised;

    public Gateway(TimeProvider clock, SimulatorOptions options)
    {
        this.clock = clock;
        this.options = options;
        state = options.StateFile is { } path && File.Exists(path)
            ? JsonSerializer.Deserialize<GatewayState>(File.ReadAllBytes(path), Saved)
                ?? throw new InvalidDataException($"{path} holds no state.")
            : new GatewayState();
        state.BuildIndexes();
        ScheduleAll();
    }

    /// <summary>Raised inside the lock after every change.</summary>
    public event Action? Changed;

    public Agenda Agenda { get; } = new();

    /// <summary>The last change that somebody may have been told of: what an answer has to wait for. Read without the lock.</summary>
    public long Promised => Volatile.Read(ref promised);

    public T Change<T>(Func<GatewayState, T> change)
    {
        lock (gate)
        {
            var result = change(state);
            Volatile.Write(ref promised, ++version);
            Changed?.Invoke();
            return result;
        }
    }

    /// <summary>
    /// A change of the gateway's own bookkeeping, such as the outcome of a delivery. It is saved soon, but no answer waits for that:
    /// where a crash loses it, a notification is sent once more, as the real gateway does.
    /// </summary>
    public T Note<T>(Func<GatewayState, T> change)
    {
        lock (gate)
        {
            var result = change(state);
            version++;
            Changed?.Invoke();
            return result;
        }
    }

    public T Read<T>(Func<GatewayState, T> read)
    {
        lock (gate)
        {
            return read(state);
        }
    }

    public long Version() => Read(_ => version);

    /// <summary>Writes the whole state and says which version it is.</summary>
    public long WriteTo(IBufferWriter<byte> target) => Read(state =>
    {
        using var writer = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(writer, state, Saved);
        return version;
    });

    public void Reset()
    {
        lock (gate)
        {
            state = new GatewayState();
            Agenda.Clear();
            Volatile.Write(ref promised, ++version);
            Changed?.Invoke();
        }
    }

    /// <summary>Puts everything that this transaction will do by itself on the agenda. Entries that no longer apply do nothing.</summary>
    public void Schedule(Transaction transaction)
    {
        if (transaction is { Status: TransactionStatus.Pending or TransactionStatus.Authorize, ExpiresAt: { } expiresAt })
        {
            Agenda.Add(NextBatch(expiresAt), new DueWork.Expire(transaction.Id));
        }

        if (transaction.NextStepAt is { } nextStepAt)
        {
            Agenda.Add(nextStepAt, new DueWork.CardStep(transaction.Id));
        }

        foreach (var refund in transaction.Refunds.Where(refund => refund.ConfirmAt is not null))
        {
            Agenda.Add(refund.ConfirmAt!.Value, new DueWork.ConfirmRefund(transaction.Id, refund.Id));
        }
    }

    private void ScheduleAll()
    {
        foreach (var transaction in state.Transactions.Values)
        {
            Schedule(transaction);
        }

        foreach (var delivery in state.Deliveries.Values.Where(delivery => delivery.DueAt is not null))
        {
            Agenda.Add(delivery.DueAt!.Value, new DueWork.Deliver(delivery.Id));
        }
    }

    private DateTimeOffset NextBatch(DateTimeOffset at)
    {
        var step = Math.Max(options.Scaled(ExpiryBatch).Ticks, TimeSpan.TicksPerMillisecond);
        return new DateTimeOffset((at.UtcTicks + step - 1) / step * step, TimeSpan.Zero);
    }

    public DateTimeOffset Now() => clock.GetUtcNow();
}
