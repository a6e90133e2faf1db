using System.Text.Json.Nodes;
using Platform.Tool.Display;

namespace Platform.Tool.Demonstration;

/// <summary>Prints what moved: the customer's transactions, then the double-entry lines.</summary>
internal static class LedgerTable
{
    private static readonly string[] TransactionColumns =
        ["customId", "type", "status", "amount", "balanceBefore", "balanceAfter", "description"];

    public static void Print(Progress progress, JsonNode transactions, JsonNode entries)
    {
        progress.Print("");
        progress.Print("  Transactions");
        PrintRows(progress, transactions.Items("transactions"), TransactionColumns);
        // Whatever columns the wallet gives its ledger lines, they are shown: this is evidence, not a layout.
        var lines = Lines(entries);
        progress.Print("  Ledger");
        var columns = lines.OfType<JsonObject>().SelectMany(line => line.Where(IsScalar).Select(member => member.Key)).Distinct();
        PrintRows(progress, lines, [.. columns]);
    }

    private static JsonArray Lines(JsonNode entries) =>
        entries as JsonArray ?? (entries as JsonObject)?.Select(member => member.Value).OfType<JsonArray>().FirstOrDefault() ?? [];

    private static void PrintRows(Progress progress, JsonArray rows, IReadOnlyList<string> columns)
    {
        var cells = rows.OfType<JsonNode>()
            .Select(row => columns.Select(column => row.Find(column)?.ToString() ?? "").ToArray())
            .Prepend([.. columns])
            .ToList();
        var widths = columns.Select((_, column) => cells.Max(row => row[column].Length)).ToArray();
        foreach (var row in cells)
        {
            progress.Print("    " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private static bool IsScalar(KeyValuePair<string, JsonNode?> member) => member.Value is null or JsonValue;
}
