namespace Platform.Simulators.Midtrans.Notifications;

internal enum DeliveryState
{
    /// <summary>Waits for its time, or for the answer to the attempt under way.</summary>
    Waiting,

    /// <summary>Kept back until it is released.</summary>
    Held,
    Delivered,

    /// <summary>Refused as often as the retry table allows.</summary>
    GivenUp,

    /// <summary>Thrown away on purpose: the receiver never sees it.</summary>
    Lost,
}

/// <summary>One event told to the merchant; the body is fixed when the event happens.</summary>
internal sealed class Notification
{
    public required Guid Id { get; init; }
    public required string OrderId { get; init; }
    public string? TransactionId { get; init; }
    public required string TransactionStatus { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string Body { get; init; }
    public List<Delivery> Deliveries { get; init; } = [];
}

/// <summary>One notification on its way to one address. Copies made on purpose are deliveries of their own.</summary>
internal sealed class Delivery
{
    public required Guid Id { get; init; }
    public required Guid NotificationId { get; init; }
    public required string Url { get; init; }
    public int Copy { get; init; }
    public DeliveryState State { get; set; } = DeliveryState.Waiting;
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>The delivery whose first attempt must be over before this one starts.</summary>
    public Guid? After { get; set; }

    public List<Attempt> Attempts { get; init; } = [];

    // Not saved: an attempt that a crash cut short is made again.
    [System.Text.Json.Serialization.JsonIgnore] public bool InFlight { get; set; }
}

/// <summary>One POST. <paramref name="Status"/> is null when there was no HTTP answer; <paramref name="Error"/> then says why.</summary>
internal sealed record Attempt(int Number, DateTimeOffset At, int? Status, string? Error, long DurationMs, DateTimeOffset? RetryAt);
