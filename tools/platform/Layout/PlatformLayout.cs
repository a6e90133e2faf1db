namespace Platform.Tool.Layout;

/// <summary>Where everything of one running platform lies. Two layouts with different homes never meet.</summary>
public sealed class PlatformLayout
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="root">The repository: sources, Platform.sln, artifacts.</param>
    /// <param name="home">The data of this platform; created when it is needed.</param>
    public PlatformLayout(string root, string home)
    {
        Root = Path.GetFullPath(root);
        Home = Path.GetFullPath(home);
    }

    public string Root { get; }
    public string Home { get; }
    public string Logs => Path.Combine(Home, "logs");
    public string Keys => Path.Combine(Home, "keys");
    public string Faults => Path.Combine(Home, "faults");
    public string SecretsFile => Path.Combine(Home, "secrets.json");
    public string StateFile => Path.Combine(Home, "state.json");
    public string LockFile => Path.Combine(Home, "lock");
    public string KubeconfigFile => Path.Combine(Home, "kubeconfig");
    public string ClusterCertificateFile => Path.Combine(Home, "kubernetes-simulator.pem");
    public string KubernetesStateFile => Path.Combine(Home, "kubernetes-state.json");
    public string MidtransStateFile => Path.Combine(Home, "midtrans-state.json");

    /// <summary>Names the directory of the server data when it can not be in <see cref="Home"/>.</summary>
    public string ServersPointerFile => Path.Combine(Home, "servers.path");

    public string LogOf(string process) => Path.Combine(Logs, process + ".log");

    /// <summary>The file that `dotnet` runs for a project of the solution.</summary>
    public string BinaryOf(string assembly) => Path.Combine(Root, "artifacts", "bin", assembly, "release", assembly + ".dll");

    /// <summary>The layout that the caller's environment asks for: PLATFORM_ROOT and PLATFORM_HOME, or this repository.</summary>
    public static PlatformLayout Find()
    {
        var root = Environment.GetEnvironmentVariable("PLATFORM_ROOT") is { Length: > 0 } given
            ? given
            : RepositoryAbove(AppContext.BaseDirectory);
        var home = Environment.GetEnvironmentVariable("PLATFORM_HOME") is { Length: > 0 } chosen ? chosen : Path.Combine(root, ".platform");
        return new(root, home);
    }

    public void Create()
    {
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Logs);
        Directory.CreateDirectory(Faults);
        Directory.CreateDirectory(Keys, OwnerOnly);
    }

    private static string RepositoryAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
            {
                return folder.FullName;
            }
        }

        throw new TroubleException($"no Platform.sln above {start}", "run ./platform inside the repository, or set PLATFORM_ROOT");
    }
}
