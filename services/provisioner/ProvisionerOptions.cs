using System.ComponentModel.DataAnnotations;

namespace Platform.Provisioner;

internal sealed class ProvisionerOptions
{
    public const string Section = "Provisioner";

    /// <summary>Instances that are worked on at the same time, and with it the load that we put on the API server.</summary>
    [Range(1, 64)] public int Workers { get; init; } = 4;

    /// <summary>A wish that does not run after this long has failed.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "02:00:00")] public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>
    /// A reason that does not go away by itself (no such image, crash loop …) must last this long before the wish has failed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")] public TimeSpan FailFastAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Every instance is compared with the cluster this often, also when nothing seems to have changed.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")] public TimeSpan Resync { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often an instance on its way is looked at, should a watch be silent.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")] public TimeSpan Recheck { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the table is searched for rows that are due. Wishes and watches wake the workers at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:00:30")] public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A worker that has not come back after this long is taken for dead. Longer than any pass: a pass ends itself after two thirds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")] public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait after failed calls.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many log streams one user may follow at the same time, on one replica.</summary>
    [Range(1, 100)] public int LogStreamsPerUser { get; init; } = 5;
}
