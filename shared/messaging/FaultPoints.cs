using System.Diagnostics;

namespace Platform.Messaging;

/// <summary>
/// Named places where a test can make the process die, as a power cut would. A place is armed by a file
/// <c>{directory}/{service}.{point}</c>; the process removes it and kills itself with SIGKILL when it gets there.
/// Without a directory (production always) every place is a no-op.
/// </summary>
public sealed class FaultPoints(string service, string? directory)
{
    public void Hit(string point)
    {
        if (directory is null)
            return;
        var armed = Path.Combine(directory, $"{service}.{point}");
        if (!File.Exists(armed))
            return;
        File.Move(armed, armed + ".hit", overwrite: true);
        Process.GetCurrentProcess().Kill();
        // The signal is on its way; nothing after this place may run.
        new ManualResetEventSlim().Wait();
    }
}
