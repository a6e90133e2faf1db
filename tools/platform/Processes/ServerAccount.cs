using System.Globalization;
using System.Runtime.InteropServices;
using Platform.Tool.Prerequisites;

namespace Platform.Tool.Processes;

/// <summary>
/// The unprivileged user of a distribution package. PostgreSQL refuses to run as root, and RabbitMQ has no business to; a launcher
/// that is not root runs both as itself.
/// </summary>
internal sealed record ServerAccount(string Name, uint User, uint Group)
{
    /// <summary>The account to change to, or null when the launcher is not root and nothing has to be changed.</summary>
    public static ServerAccount? For(string name)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var entry = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == name)
            ?? throw new TroubleException(
                $"the user {name} does not exist", $"reinstall the package that makes it: {DistributionPackages.InstallLine}");
        return new(name, uint.Parse(entry[2], CultureInfo.InvariantCulture), uint.Parse(entry[3], CultureInfo.InvariantCulture));
    }

    /// <summary>What has to stand before a command so that it runs as this user.</summary>
    public IEnumerable<string> Prefix =>
        ["setpriv", $"--reuid={User}", $"--regid={Group}", "--clear-groups", "--inh-caps=-all", "--"];

    public void Own(string path)
    {
        if (NativeMethods.ChangeOwner(path, User, Group) != 0)
        {
            throw new IOException($"{path} can not be given to {Name}: error {Marshal.GetLastPInvokeError()}");
        }
    }
}
