namespace Platform.Scenarios.Running;

/// <summary>Arms the places where a service kills itself with SIGKILL, see shared/messaging/FaultPoints.cs.</summary>
internal sealed class FaultSwitches(RunningPlatform platform)
{
    private string FileOf(string service, string point) => Path.Combine(platform.System.Layout.Faults, $"{service}.{point}");

    public void Arm(string service, string point) => File.WriteAllText(FileOf(service, point), "");

    /// <returns>True when the process got there and died.</returns>
    public bool WasHit(string service, string point) => File.Exists(FileOf(service, point) + ".hit");

    public void Disarm(string service, string point)
    {
        File.Delete(FileOf(service, point));
        File.Delete(FileOf(service, point) + ".hit");
    }
}
