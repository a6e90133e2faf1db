using System.Globalization;
using Platform.Tool.Running;

namespace Platform.Tool.Display;

internal static class StatusTable
{
    private static readonly string[] Head = ["Service", "State", "Address", "Ready", "PID", "RSS", "Uptime", "Log"];

    /// <summary>The processes that were asked for.</summary>
    public static string Of(PlatformSystem system, TimeProvider clock) =>
        Of([.. system.Wanted.Select(process => ProcessReport.Of(process, clock))]);

    public static string Of(IReadOnlyList<ProcessReport> reports)
    {
        var rows = reports.Select(Cells).Prepend(Head).ToList();
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return string.Join(Environment.NewLine,
            rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    /// <summary>The five services and the gateway: what the platform itself costs, without its servers and simulators.</summary>
    public static long ServicesResidentMib(IEnumerable<ProcessReport> reports)
    {
        var ours = Applications.All
            .Where(application => application.Kind != ApplicationKind.Simulator).Select(application => application.Name).ToHashSet();
        return reports.Where(report => ours.Contains(report.Name)).Sum(report => report.ResidentKib ?? 0) / 1024;
    }

    private static string[] Cells(ProcessReport report) =>
    [
        report.Name,
        report.State,
        report.Address ?? "-",
        report.ReadyMilliseconds is { } ready ? Durations.Seconds(TimeSpan.FromMilliseconds(ready)) : "-",
        report.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
        report.ResidentKib is { } resident ? $"{resident / 1024} MB" : "-",
        report.UptimeSeconds is { } uptime ? Durations.Short(TimeSpan.FromSeconds(uptime)) : "-",
        report.Log,
    ];
}
