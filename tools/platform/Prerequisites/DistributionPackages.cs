using Platform.Tool.Processes;

namespace Platform.Tool.Prerequisites;

/// <summary>Finds and, as root, installs the distribution's PostgreSQL and RabbitMQ. Their own services are never started.</summary>
/// <param name="systemRoot">"/", except in tests.</param>
internal sealed class DistributionPackages(string systemRoot = "/")
{
    public const string InstallLine = "sudo apt-get install -y --no-install-recommends postgresql rabbitmq-server";
    private const int OldestPostgres = 14;
    private static readonly string[] Names = ["postgresql", "rabbitmq-server"];

    private static readonly string[] EpmdPaths = ["usr/bin/epmd", "usr/lib/erlang/bin/epmd"];

    public static TroubleException Missing(string what) => new($"{what} is not installed", InstallLine);

    /// <summary>The directory with initdb and postgres of the newest version, or of the asked one.</summary>
    public string? PostgresBinaries(string? version = null) =>
        Versions("usr/lib/postgresql")
            .Where(found => version is null || found.Name == version)
            .Where(found => found.Version.Major >= OldestPostgres)
            .OrderByDescending(found => found.Version)
            .Select(found => Path.Combine(found.Path, "bin"))
            .FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")) && File.Exists(Path.Combine(bin, "postgres")));

    /// <summary>The real script. The wrapper in /usr/sbin insists on root or on the user rabbitmq.</summary>
    public string? RabbitMqServer() =>
        Versions("usr/lib/rabbitmq/lib", "rabbitmq_server-")
            .OrderByDescending(found => found.Version)
            .Select(found => Path.Combine(found.Path, "sbin", "rabbitmq-server"))
            .FirstOrDefault(File.Exists);

    public string? Epmd() => EpmdPaths
        .Select(path => Path.Combine(systemRoot, path)).FirstOrDefault(File.Exists);

    public IReadOnlyList<string> MissingNames() =>
        [.. Names.Where(name => name == "postgresql" ? PostgresBinaries() is null : RabbitMqServer() is null || Epmd() is null)];

    /// <summary>Installs what is missing, or says the line that does.</summary>
    /// <param name="isRoot">Whether this process may install packages.</param>
    /// <param name="run">Runs a command and answers its exit code.</param>
    /// <param name="notice">Told what is being installed.</param>
    public async Task EnsureAsync(bool isRoot, Func<Command, Task<int>> run, Action<string> notice)
    {
        var missing = MissingNames();
        if (missing.Count == 0)
        {
            return;
        }

        var what = string.Join(" and ", missing);
        if (!isRoot)
        {
            throw new TroubleException($"{what} {(missing.Count == 1 ? "is" : "are")} not installed", InstallLine);
        }

        notice($"installing {what} from the distribution");
        var policy = Path.Combine(systemRoot, "usr/sbin/policy-rc.d");
        var ours = !File.Exists(policy);
        try
        {
            if (ours)
            {
                ForbidServices(policy);
            }

            var quiet = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" };
            await Require(run, new("apt-get", "update", "-q") { Environment = quiet });
            await Require(run, new("apt-get", ["install", "-y", "-q", "--no-install-recommends", .. Names]) { Environment = quiet });
        }
        finally
        {
            if (ours)
            {
                File.Delete(policy);
            }
        }

        if (MissingNames() is [var still, ..])
        {
            throw new TroubleException($"{still} was installed, but is not where Debian and Ubuntu put it", "see ./platform doctor");
        }
    }

    /// <summary>Package scripts ask this file whether they may start their daemon; 101 means no.</summary>
    private static void ForbidServices(string policy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(policy)!);
        File.WriteAllText(policy, "#!/bin/sh\nexit 101\n");
        File.SetUnixFileMode(policy, (UnixFileMode)0b111_101_101);
    }

    private static async Task Require(Func<Command, Task<int>> run, Command command)
    {
        if (await run(command) is not 0 and var code)
        {
            var line = string.Join(' ', command.Arguments);
            throw new TroubleException($"apt-get {line} ended with {code}", $"run it by hand to see why: {InstallLine}");
        }
    }

    private IEnumerable<(string Name, Version Version, string Path)> Versions(string folder, string prefix = "")
    {
        var path = Path.Combine(systemRoot, folder);
        if (!Directory.Exists(path))
        {
            yield break;
        }

        foreach (var found in Directory.EnumerateDirectories(path, prefix + "*"))
        {
            var name = Path.GetFileName(found)[prefix.Length..];
            var dotted = name.Contains('.', StringComparison.Ordinal) ? name : name + ".0";
            if (Version.TryParse(dotted, out var version))
            {
                yield return (name, version, found);
            }
        }
    }
}
