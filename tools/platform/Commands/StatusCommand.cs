using System.Text.Json;
using Platform.Tool.Display;
using Platform.Tool.Running;

namespace Platform.Tool.Commands;

internal static class StatusCommand
{
    public static int Run(Session session, bool json)
    {
        var system = PlatformSystem.Find(session.Layout, new() { Clock = session.Clock });
        var reports = system?.Processes.Select(process => ProcessReport.Of(process, session.Clock)).ToList()
            ?? [.. Applications.Names.Select(name => ProcessReport.NeverStarted(name, session.Layout.LogOf(name)))];
        var residentMib = StatusTable.ServicesResidentMib(reports);
        if (json)
        {
            var report = new { processes = reports, servicesResidentMb = residentMib };
            Console.WriteLine(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
        }
        else
        {
            Console.WriteLine(StatusTable.Of(reports));
            Console.WriteLine($"six services resident: {residentMib} MB");
        }

        return 0;
    }
}
