namespace Platform.Simulators.Kubernetes.Controllers;

/// <summary>How long the things of a cluster take.</summary>
internal sealed record Pace
{
    public static readonly Pace Instant = new();

    public static readonly Pace Quick = new()
    {
        Schedule = TimeSpan.FromMilliseconds(20),
        Bind = TimeSpan.FromMilliseconds(50),
        Pull = TimeSpan.FromMilliseconds(200),
        Start = TimeSpan.FromMilliseconds(300),
        Stop = TimeSpan.FromMilliseconds(200),
        BackOff = TimeSpan.FromMilliseconds(500),
    };

    public static readonly Pace Lifelike = new()
    {
        Schedule = TimeSpan.FromMilliseconds(100),
        Bind = TimeSpan.FromSeconds(2),
        Pull = TimeSpan.FromSeconds(6),
        Start = TimeSpan.FromSeconds(2),
        Stop = TimeSpan.FromSeconds(3),
        BackOff = TimeSpan.FromSeconds(10),
        KeepsProbeDelays = true,
    };

    public TimeSpan Schedule { get; init; }

    public TimeSpan Bind { get; init; }

    public TimeSpan Pull { get; init; }

    /// <summary>From the created container to the ready one.</summary>
    public TimeSpan Start { get; init; }

    public TimeSpan Stop { get; init; }

    /// <summary>The first wait after a failure; it doubles with each further one.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a readiness probe's initialDelaySeconds comes on top of <see cref="Start"/>.</summary>
    public bool KeepsProbeDelays { get; init; }

    public TimeSpan BackOffAfter(long failures)
    {
        var wait = BackOff * Math.Pow(2, Math.Min(failures, 12));
        return wait < TimeSpan.FromMinutes(5) ? wait : TimeSpan.FromMinutes(5);
    }

    public static Pace Named(string name) => name switch
    {
        "instant" => Instant,
        "quick" => Quick,
        "lifelike" => Lifelike,
        _ => throw new InvalidOperationException($"Simulator:Pace is \"{name}\"; it can be instant, quick or lifelike."),
    };
}
