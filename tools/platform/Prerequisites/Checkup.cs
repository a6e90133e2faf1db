using System.Diagnostics;
using System.Globalization;
using Platform.Tool.Layout;
using Platform.Tool.Running;

namespace Platform.Tool.Prerequisites;

/// <param name="Subject">What was looked at.</param>
/// <param name="Holds">Whether it is as the platform needs it.</param>
/// <param name="Found">What there is.</param>
/// <param name="Remedy">What to do when it does not hold.</param>
/// <param name="Required">Whether the platform can not run without.</param>
internal sealed record Finding(string Subject, bool Holds, string Found, string Remedy = "", bool Required = true);

/// <summary>Looks at the machine.</summary>
internal static class Checkup
{
    private const long NeededDiskMib = 2_048;
    private const long NeededMemoryMib = 2_048;

    public static IEnumerable<Finding> All(PlatformLayout layout) =>
    [
        Sdk(layout), .. Packages(new DistributionPackages()), User(), Disk(layout), Memory(), .. Optional(),
        .. PortsOf(layout), Leftovers(layout),
    ];

    /// <summary>The part that costs nothing and that every start depends on.</summary>
    /// <exception cref="TroubleException">The first finding that does not hold.</exception>
    public static void Require(PlatformLayout layout)
    {
        Finding[] findings = [Disk(layout), Memory(), Program("setsid", "sudo apt-get install -y util-linux", required: true)];
        if (findings.FirstOrDefault(finding => finding is { Holds: false, Required: true }) is { } bad)
        {
            throw new TroubleException($"{bad.Subject}: {bad.Found}", bad.Remedy);
        }
    }

    internal static IEnumerable<Finding> Packages(DistributionPackages packages)
    {
        var (postgres, rabbit) = (packages.PostgresBinaries(), packages.RabbitMqServer());
        yield return new("PostgreSQL >= 14", postgres is not null, postgres ?? "not installed", DistributionPackages.InstallLine);
        var whole = rabbit is not null && packages.Epmd() is not null;
        yield return new("RabbitMQ", whole, rabbit ?? "not installed", DistributionPackages.InstallLine);
    }

    private static Finding Sdk(PlatformLayout layout)
    {
        const string remedy = "install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0";
        var (code, version) = Ask("dotnet", layout.Root, "--version");
        var number = version.Split('-')[0];
        var good = code == 0 && Version.TryParse(number, out var found) && found >= new Version(10, 0, 100);
        return new(".NET SDK >= 10.0.100", good, version.Length > 0 ? version.ReplaceLineEndings(" ") : "not found", remedy);
    }

    private static Finding User() => Environment.IsPrivilegedProcess
        ? new("user", true, "root: PostgreSQL and RabbitMQ run as their own users")
        : new("user", true, $"{Environment.UserName}: everything runs as this user");

    private static Finding Disk(PlatformLayout layout)
    {
        var place = layout.Home;
        while (!Directory.Exists(place))
        {
            place = Path.GetDirectoryName(place)!;
        }

        var freeMib = new DriveInfo(place).AvailableFreeSpace / (1024 * 1024);
        return new("free disk space", freeMib >= NeededDiskMib, $"{freeMib} MiB at {place}", $"free some: {NeededDiskMib} MiB are needed");
    }

    private static Finding Memory()
    {
        var line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        var freeMib = long.Parse(line.AsSpan(13).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) / 1024;
        // A running platform uses what it needs already, so a small number is a warning and stops nothing.
        var enough = freeMib >= NeededMemoryMib;
        return new("free memory", enough, $"{freeMib} MiB", $"close something: {NeededMemoryMib} MiB are comfortable", Required: false);
    }

    private static IEnumerable<Finding> Optional() =>
    [
        Program("kubectl", "only to look into the cluster and for its tests: install the package kubernetes-client", required: false),
        Program("node", "only for tests: sudo apt-get install -y nodejs npm", required: false),
    ];

    private static Finding Program(string name, string remedy, bool required)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return new(required ? name : name + " (optional)", found is not null, found ?? "not found", remedy, required);
    }

    private static IEnumerable<Finding> PortsOf(PlatformLayout layout)
    {
        var running = SystemState.Load(layout)?.Processes.Any(process => process.Identity.IsAlive) ?? false;
        var wanted = Applications.All.Select(application => application.PreferredPort)
            .Concat([Applications.PostgresPort, Applications.RabbitMqPort, Applications.RabbitMqManagementPort]);
        var taken = running ? [] : wanted.Where(port => !Ports.IsFree(port)).ToList();
        return taken.Count == 0
            ? [new("ports", true, running ? "in use by this platform" : "all free")]
            : [new("ports", false, $"taken: {string.Join(", ", taken)}", "nothing to do: free ones are used and printed", Required: false)];
    }

    private static Finding Leftovers(PlatformLayout layout)
    {
        var state = SystemState.Load(layout);
        var alive = state?.Processes.Where(process => process.Identity.IsAlive).Select(process => process.Name).ToList() ?? [];
        return alive.Count > 0
            ? new("running", true, $"{string.Join(", ", alive)}; ./platform down ends them")
            : new("running", true, File.Exists(layout.StateFile) ? "nothing (an earlier run was not ended in order)" : "nothing");
    }

    private static (int Code, string Output) Ask(string program, string folder, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, argument)
            {
                WorkingDirectory = Directory.Exists(folder) ? folder : "/", RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
