using System.Runtime.InteropServices;
using Platform.Tool.Display;
using Platform.Tool.Layout;
using Platform.Tool.Running;

namespace Platform.Tool.Commands;

/// <summary>One run of the launcher: who called it, from where, and whether they still want it.</summary>
internal sealed class Session : IDisposable
{
    private readonly CancellationTokenSource interruption = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private PlatformLayout? layout;

    private Session()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                interruption.Cancel();
            }));
        }
    }

    public CancellationToken Interrupted => interruption.Token;
    public TimeProvider Clock { get; } = TimeProvider.System;
    public PlatformLayout Layout => layout ??= PlatformLayout.Find();

    public static Session Begin() => new();

    /// <param name="json">Standard output belongs to the JSON object then; people read standard error.</param>
    public Progress OpenProgress(bool json = false) => json
        ? new(Console.Error, live: !Console.IsErrorRedirected, Clock)
        : new(Console.Out, live: !Console.IsOutputRedirected, Clock);

    public PlatformOptions Options(Progress progress, IReadOnlySet<string>? only = null) => new()
    {
        // A second checkout, or a test, can keep away from the well-known ports altogether.
        PreferWellKnownPorts = Environment.GetEnvironmentVariable("PLATFORM_PORTS") != "free",
        Only = only,
        External = ExternalSystems.From(Environment.GetEnvironmentVariable),
        Progress = progress,
        Clock = Clock,
    };

    public Task<LauncherLock> LockAsync(Progress progress, CancellationToken ct) =>
        LauncherLock.TakeAsync(Layout, Clock, () => progress.Note($"another ./platform is at work in {Layout.Home}; waiting for it"), ct);

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        interruption.Dispose();
    }
}
