using System.Diagnostics;

namespace Platform.Messaging;

/// <summary>
/// Carries trace ids over the bus even when no telemetry is exported: MassTransit passes them on only if somebody listens to its source,
/// and log lines of a consumer must lead back to the HTTP request that began it all.
/// </summary>
internal static class TraceContext
{
    private static readonly ActivityListener Listener = new()
    {
        ShouldListenTo = source => source.Name == "MassTransit",
        Sample = (ref _) => ActivitySamplingResult.PropagationData,
    };

    static TraceContext() => ActivitySource.AddActivityListener(Listener);

    /// <summary>Once per process, however many services it hosts.</summary>
    public static void Follow() => GC.KeepAlive(Listener);
}
