using System.Text;
using Platform.Contracts;

namespace Platform.Provisioner.Manifests;

/// <summary>
/// What a workload must be before anything of it goes to the cluster. The catalog's administrators write it; a slip of theirs must
/// not become a hole: no image without version, no variable that changes how programs are loaded, nothing that Kubernetes would refuse
/// later.
/// </summary>
internal static class WorkloadRules
{
    private const int MaxEnvironmentBytes = 64 * 1024;
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "NODE_OPTIONS", "PYTHONPATH", "PERL5OPT", "BASH_ENV", "ENV",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT",
    };

    /// <summary>All faults, as sentences; empty when the workload may run.</summary>
    public static IReadOnlyList<string> Faults(Workload workload, InstanceResources resources) =>
        [.. ImageFaults(workload.Image), .. ShapeFaults(workload), .. ProbeFaults(workload.Probe), .. EnvironmentFaults(workload),
            .. SizeFaults(resources)];

    private static IEnumerable<string> ImageFaults(string image)
    {
        var lastPart = image[(image.LastIndexOf('/') + 1)..];
        var colon = lastPart.IndexOf(':', StringComparison.Ordinal);
        var tag = colon < 0 ? "" : lastPart[(colon + 1)..].Split('@')[0];
        var pinned = lastPart.Contains("@sha256:", StringComparison.Ordinal);
        if (!pinned && tag is "" or "latest")
            yield return "The image names no version.";
        if (image.Length is 0 or > 500 || image.Any(c => !char.IsAsciiLetterOrDigit(c) && !"./:@_-".Contains(c, StringComparison.Ordinal)))
            yield return "The image is no image reference.";
    }

    private static IEnumerable<string> ShapeFaults(Workload workload)
    {
        if (workload.Port is < 1 or > 65535)
            yield return "The port is not between 1 and 65535.";
        if (workload.RunAsUser is < 1 or > int.MaxValue)
            yield return "The application may not run as root; its user id must be positive.";
        if (!workload.DataPath.StartsWith('/') || workload.DataPath.Length is 1 or > 200
            || workload.DataPath.Contains(':', StringComparison.Ordinal)
            || workload.DataPath.Split('/').Contains("..") || workload.DataPath.Any(char.IsControl))
            yield return "The data path is not an absolute path.";
    }

    private static IEnumerable<string> ProbeFaults(WorkloadProbe probe)
    {
        var fits = probe.Kind switch
        {
            "HTTP" => probe.Path is ['/', ..] && !probe.Path.Any(char.IsControl),
            "TCP" => true,
            "EXEC" => probe.Command is { Count: > 0 },
            _ => false,
        };
        if (!fits)
            yield return "The probe is neither HTTP with a path, TCP, nor EXEC with a command.";
    }

    private static IEnumerable<string> EnvironmentFaults(Workload workload)
    {
        foreach (var variable in workload.Environment)
        {
            if (variable.Name.Length is 0 or > 128 || char.IsAsciiDigit(variable.Name[0])
                || variable.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
                yield return "The name of a variable is not made of letters, digits and underscores.";
            else if (Reserved.Contains(variable.Name))
                yield return $"The variable {variable.Name} is reserved.";
            if (variable.Value.Contains('\0', StringComparison.Ordinal))
                yield return "The value of a variable contains a NUL.";
        }

        if (workload.Environment.Sum(variable => Encoding.UTF8.GetByteCount(variable.Value)) > MaxEnvironmentBytes)
            yield return "The variables are more than 64 KiB together.";
        foreach (var unknown in InstanceEnvironment.UnknownPlaceholders(workload))
            yield return $"The placeholder {unknown} is not known.";
    }

    private static IEnumerable<string> SizeFaults(InstanceResources resources)
    {
        if (resources is { CpuMillis: < 1 } or { MemoryMib: < 1 } or { StorageGib: < 1 })
            yield return "CPU, memory and storage must be positive.";
    }
}
