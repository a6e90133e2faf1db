using Platform.Tool.Display;

namespace Platform.Tool.Running;

/// <summary>How one platform is to be run.</summary>
public sealed record PlatformOptions
{
    /// <summary>Try the well-known ports first. A system that runs beside others takes free ones only.</summary>
    public bool PreferWellKnownPorts { get; init; }

    /// <summary>Names of the processes to run; null means all.</summary>
    public IReadOnlySet<string>? Only { get; init; }

    public ExternalSystems External { get; init; } = ExternalSystems.None;

    /// <summary>The file to run for an application; by default the one that the solution's build makes.</summary>
    public Func<Application, string>? BinaryOf { get; init; }

    /// <summary>Where steps and times are shown; by default nowhere.</summary>
    public Progress Progress { get; init; } = Progress.None;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
