using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Tool.Layout;
using Platform.Tool.Processes;

namespace Platform.Tool.Running;

/// <summary>What was started, so that another launcher can find it again.</summary>
internal sealed record SystemState(string BootId, IReadOnlyDictionary<string, int> Ports, IReadOnlyList<ProcessState> Processes)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>
    /// The state on disk, or null when there is none or it is of an earlier boot of the machine (its pids mean nothing now).
    /// </summary>
    public static SystemState? Load(PlatformLayout layout)
    {
        if (!File.Exists(layout.StateFile))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<SystemState>(File.ReadAllText(layout.StateFile));
            return state?.BootId == ProcessStatus.BootId ? state : null;
        }
        catch (JsonException broken)
        {
            throw new TroubleException(
                $"{layout.StateFile} can not be read", "end what still runs by hand (ps), then delete that file", broken);
        }
    }

    public void Save(PlatformLayout layout) => PrivateFile.Write(layout.StateFile, JsonSerializer.Serialize(this, Json));
}

/// <param name="Name">Of the process.</param>
/// <param name="Pid">Its id.</param>
/// <param name="StartTicks">Tells it from a later process with the same id.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="ReadyMilliseconds">How long it took to become ready; null when it was not yet.</param>
internal sealed record ProcessState(string Name, int Pid, long StartTicks, DateTimeOffset? StartedAt, double? ReadyMilliseconds)
{
    [JsonIgnore]
    public ProcessIdentity Identity => new(Pid, StartTicks);
}
