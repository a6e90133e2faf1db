using System.Text.Json;
using Platform.Tool.Display;
using Platform.Tool.Running;
using Platform.Tool.Servers;

namespace Platform.Tool.Commands;

/// <param name="Only">Names, or null for all.</param>
/// <param name="Fresh">Delete the data first.</param>
/// <param name="Json">Print JSON.</param>
/// <param name="Build">Build when sources changed.</param>
internal sealed record UpRequest(IReadOnlySet<string>? Only, bool Fresh, bool Json, bool Build);

internal static class UpCommand
{
    public static IReadOnlySet<string>? Names(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet();

    public static async Task<int> RunAsync(Session session, UpRequest request, CancellationToken ct)
    {
        using var progress = session.OpenProgress(request.Json);
        var (system, started) = await StartAsync(session, progress, request, ct);
        if (request.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                ok = true,
                started,
                milliseconds = (long)progress.Elapsed.TotalMilliseconds,
                processes = system.Processes.Select(process => ProcessReport.Of(process, session.Clock)),
                addresses = Addresses.Of(system),
            }, JsonSerializerOptions.Web));
            return 0;
        }

        progress.Print(StatusTable.Of(system, session.Clock));
        progress.Print(started ? $"Ready in {Durations.Seconds(progress.Elapsed)}" : "Was running already; nothing was started.");
        progress.Print(Addresses.Text(system));
        return 0;
    }

    /// <summary>Makes the platform run, whether it did before or not.</summary>
    /// <returns>The platform, and whether anything had to be started.</returns>
    public static async Task<(PlatformSystem System, bool Started)> StartAsync(
        Session session, Progress progress, UpRequest request, CancellationToken ct)
    {
        using var alone = await session.LockAsync(progress, ct);
        var options = session.Options(progress, request.Only);
        if (request.Fresh)
        {
            await DownCommand.StopAsync(session, progress, keepData: false, ct);
            ServerDirectory.DeleteAll(session.Layout);
        }
        else if (PlatformSystem.Find(session.Layout, options) is { } found
            && found.Wanted.All(process => process is { IsRunning: true, ReadyAfter: not null }))
        {
            return (found, false);
        }

        await Preparation.RunAsync(session, progress, request.Build, ct);
        var system = PlatformSystem.Open(session.Layout, options);
        foreach (var (name, wanted, got) in system.Ports.Moved().Where(_ => options.PreferWellKnownPorts))
        {
            progress.Note($"port {wanted} is taken: {name} listens on {got}");
        }

        await system.StartAsync(ct);
        return (system, true);
    }
}
