using System.ComponentModel.DataAnnotations;

namespace Platform.Subscriptions.Life;

/// <summary>
/// How long things may take. The hold and the reservation outlive the deadline, so that what is ready in time can be paid.
/// </summary>
internal sealed class LifecycleOptions : IValidatableObject
{
    public const string Section = "Lifecycle";

    /// <summary>From the request until the application must run; afterwards everything is undone.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")] public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a hold and a seat reservation are asked for (product.md W-2, Q1).</summary>
    [Range(typeof(TimeSpan), "00:00:02", "02:00:00")] public TimeSpan ReserveFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a request waits for seat and funds before it answers 202.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")] public TimeSpan DecideWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a quote binds at most (T4).</summary>
    [Range(typeof(TimeSpan), "00:00:30", "24:00:00")] public TimeSpan QuoteFor { get; init; } = TimeSpan.FromMinutes(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ReserveFor <= ReadyWithin)
            yield return new(
                $"{Section}:ReserveFor must be longer than {Section}:ReadyWithin, or money and seat run out first.", [nameof(ReserveFor)]);
    }
}
