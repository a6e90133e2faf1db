using System.ComponentModel.DataAnnotations;

namespace Platform.Wallets;

internal sealed class ReconciliationOptions
{
    public const string Section = "Reconciliation";

    /// <summary>
    /// The time of day, UTC, from which the day's run may begin: by default three in the morning in Jakarta, when few pay.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")] public TimeSpan DailyAt { get; init; } = TimeSpan.FromHours(20);
}
