using System.ComponentModel.DataAnnotations;

namespace Platform.Messaging;

public sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>Rows read in one pass. Larger passes hold the turn longer.</summary>
    [Range(1, 10_000)] public int BatchSize { get; init; } = 200;

    /// <summary>How late a scheduled message, or one that a dead replica left behind, may be at worst.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")] public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After this long without a confirm the outcome of a publish is unknown; it is tried again with the same id.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")] public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait between two tries of a message that no queue takes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")] public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a repetition is recognised by its message id. Every effect has a permanent business key besides.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")] public TimeSpan InboxRetention { get; init; } = TimeSpan.FromDays(7);
}
