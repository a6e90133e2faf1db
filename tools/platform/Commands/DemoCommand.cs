using System.Diagnostics;
using System.Text.Json;
using Platform.Tool.Demonstration;
using Platform.Tool.Display;
using Platform.Tool.Running;

namespace Platform.Tool.Commands;

internal static class DemoCommand
{
    public static async Task<int> RunAsync(Session session, bool once, bool json, bool build, CancellationToken ct)
    {
        using var progress = session.OpenProgress(json);
        var start = Stopwatch.GetTimestamp();
        IReadOnlyList<JobStep> steps = [];
        bool? started = null;
        try
        {
            PlatformSystem system;
            (system, started) = await UpCommand.StartAsync(session, progress, new(Only: null, Fresh: false, json, build), ct);
            using var job = JobOn(system, progress, session.Clock);
            steps = job.Steps;
            start = Stopwatch.GetTimestamp();
            await job.RunAsync(ct);
            var total = Stopwatch.GetElapsedTime(start);
            var (transactions, entries) = await job.LedgerAsync(ct);
            LedgerTable.Print(progress, transactions, entries);
            progress.Print($"Done in {Durations.Seconds(total)}");
            progress.Print(Addresses.Text(system));
            var ledger = new { transactions, entries };
            await EndAsync(session, progress, once, started);
            var addresses = Addresses.Of(system);
            WriteJson(json, new { ok = true, steps, totalMilliseconds = (long)total.TotalMilliseconds, ledger, addresses });
            return 0;
        }
        catch (TroubleException trouble)
        {
            await EndAsync(session, progress, once, started);
            var total = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            WriteJson(json, new { ok = false, steps, totalMilliseconds = total, error = trouble.Message });
            throw;
        }
        catch (OperationCanceledException)
        {
            await EndAsync(session, progress, once, started);
            throw;
        }
    }

    private static MainJob JobOn(PlatformSystem system, Progress progress, TimeProvider clock) => system.External.Midtrans is null
        ? new(system.Gateway, new(system.Ports.UrlOf(Applications.MidtransSimulator)), progress, clock)
        : throw new TroubleException("the demonstration pays at the payment simulator, but a real Midtrans account is set",
            "unset PLATFORM_MIDTRANS_SERVER_KEY, then ./platform down and ./platform demo");

    private static async Task EndAsync(Session session, Progress progress, bool once, bool? started)
    {
        // Null: it did not come up, and has been ended already.
        if (!once || started is null)
        {
            return;
        }

        if (started is false)
        {
            progress.Print("The platform was running before the demonstration, so it is left running.");
            return;
        }

        using var alone = await session.LockAsync(progress, CancellationToken.None);
        await DownCommand.StopAsync(session, progress, keepData: true, CancellationToken.None);
    }

    private static void WriteJson(bool json, object result)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        }
    }
}
