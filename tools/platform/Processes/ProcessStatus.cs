using System.Globalization;

namespace Platform.Tool.Processes;

/// <summary>What /proc/&lt;pid&gt;/stat says of a process.</summary>
internal readonly record struct ProcessStatus(int Pid, int ParentPid, bool IsZombie, long StartTicks)
{
    /// <summary>Changes at every boot of the machine, so that records of an earlier boot are recognised.</summary>
    public static string BootId => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public static ProcessStatus? Read(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static IEnumerable<ProcessStatus> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where char.IsAsciiDigit(name[0])
        let status = Read(int.Parse(name, CultureInfo.InvariantCulture))
        where status is not null
        select status.Value;

    internal static ProcessStatus Parse(string stat)
    {
        // The second field is the program's name in parentheses and may itself contain blanks and parentheses.
        var afterName = stat.LastIndexOf(')');
        var fields = stat[(afterName + 2)..].Split(' ');
        return new(
            int.Parse(stat.AsSpan(0, stat.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture),
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            fields[0] is "Z" or "X",
            long.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
