using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Platform.Scenarios.Running;

/// <summary>What somebody needs to know who finds a scenario failed: where the sagas stand and what the processes said last.</summary>
internal static class Describing
{
    private const int Lines = 20;
    private const int Window = 128 * 1024;
    private const int Longest = 400;

    public static async Task<string> DescribeAsync(this RunningPlatform platform, params string[] processes)
    {
        var text = new StringBuilder();
        text.AppendLine("Unfinished sagas and outboxes:").AppendLine(await UnfinishedAsync(platform));
        foreach (var process in processes)
        {
            var state = platform[process].IsRunning ? "running" : "not running";
            text.AppendLine(CultureInfo.InvariantCulture, $"--- {process} ({state}), last lines:");
            foreach (var line in LastLines(platform[process].LogFile))
            {
                text.AppendLine("  " + Shorten(line));
            }
        }

        return text.ToString();
    }

    private static async Task<string> UnfinishedAsync(RunningPlatform platform)
    {
        try
        {
            await using var db = new NpgsqlConnection(platform.Database);
            await db.OpenAsync();
            await using var command = new NpgsqlCommand("""
                SELECT 'purchase ' || subscription_id || ' ' || state
                    FROM subscriptions.purchase_sagas WHERE state NOT IN ('Active', 'Refused', 'Undone')
                UNION ALL SELECT 'upgrade ' || upgrade_id || ' ' || state
                    FROM subscriptions.upgrade_sagas WHERE state NOT IN ('Completed', 'Refused', 'Reverted')
                UNION ALL SELECT 'cancellation ' || cancellation_id || ' ' || state
                    FROM subscriptions.cancellation_sagas WHERE state <> 'Ended'
                UNION ALL SELECT 'instance ' || id || ' ' || status || ' ' || coalesce(health_status, '')
                    FROM provisioner.instances WHERE status NOT IN ('RUNNING', 'TERMINATED')
                UNION ALL SELECT 'outbox of catalog: ' || destination || ' ' || coalesce(error, '') FROM catalog.outbox
                UNION ALL SELECT 'outbox of wallet: ' || destination || ' ' || coalesce(error, '') FROM wallet.outbox
                UNION ALL SELECT 'outbox of provisioner: ' || destination || ' ' || coalesce(error, '') FROM provisioner.outbox
                UNION ALL SELECT 'outbox of subscriptions: ' || destination || ' '
                    || coalesce(due_at::text, '') || ' ' || coalesce(error, '') FROM subscriptions.outbox
                """, db);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await reader.ReadAsync())
            {
                rows.Add("  " + reader.GetString(0));
            }

            return rows.Count == 0 ? "  none" : string.Join(Environment.NewLine, rows);
        }
        catch (NpgsqlException away)
        {
            return "  the database did not answer: " + away.Message;
        }
    }

    /// <summary>Time, level, message and the first lines of an exception of a structured line; another line as it is.</summary>
    private static string Shorten(string line)
    {
        try
        {
            var entry = JsonNode.Parse(line);
            var exception = entry?["Exception"]?.ToString().Split('\n').Take(3).Select(part => part.Trim()) ?? [];
            line = $"{entry?["Timestamp"]} {entry?["LogLevel"]} {entry?["Category"]}: {entry?["Message"]} {string.Join(" | ", exception)}";
        }
        catch (JsonException)
        {
            // A server's line is plain text.
        }

        return line.Length > Longest ? line[..Longest] + "…" : line;
    }

    private static List<string> LastLines(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(Math.Max(0, file.Length - Window), SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(Lines).ToList();
    }
}
