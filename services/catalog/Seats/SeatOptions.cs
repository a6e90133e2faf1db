using System.ComponentModel.DataAnnotations;

namespace Platform.Catalog.Seats;

internal sealed class SeatOptions
{
    public const string Section = "Seats";

    /// <summary>How late a seat may come back after its reservation, which lasts a quarter of an hour, ran out.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")] public TimeSpan ExpireEvery { get; init; } = TimeSpan.FromSeconds(10);
}
