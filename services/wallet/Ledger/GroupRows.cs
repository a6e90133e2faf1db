using System.Buffers;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>What is written down of a posting beside the ledger, in the same transaction.</summary>
/// <param name="Line">The line of the owner's statement.</param>
/// <param name="Also">Changes whatever else belongs into the transaction; saved after it.</param>
internal sealed record GroupRows(WalletTransaction? Line = null, AuditEntry? Audit = null, Action<WalletDbContext>? Also = null)
{
    public static GroupRows None { get; } = new();

    /// <summary>One statement per table, however many rows there are.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Insert(IReadOnlyList<GroupRows> rows)
    {
        var (lines, audit) = (rows.Select(row => row.Line).OfType<WalletTransaction>().ToList(),
            rows.Select(row => row.Audit).OfType<AuditEntry>().ToList());
        if (lines.Count > 0)
            yield return Command(DebitStatements.Lines, "lines", lines, Write);
        if (audit.Count > 0)
            yield return Command(DebitStatements.Audit, "audit", audit, Write);
    }

    private static NpgsqlBatchCommand Command<T>(string statement, string parameter, IReadOnlyList<T> rows, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                write(json, row);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        return new(statement) { Parameters = { new NpgsqlParameter(parameter, NpgsqlDbType.Jsonb) { Value = text } } };
    }

    // What is left out is null in the store; a column that must not be null says so there.
    private static void Write(Utf8JsonWriter json, WalletTransaction line)
    {
        json.WriteString("id", line.Id);
        json.WriteNumber("number", line.Number);
        json.WriteString("user_id", line.UserId);
        json.WriteString("type", WireEnum.Text(line.Type));
        json.WriteString("status", WireEnum.Text(line.Status));
        json.WriteNumber("amount", line.Amount.Rupiah);
        json.WriteNumber("refunded", line.Refunded.Rupiah);
        json.WriteNumber("balance_before", line.BalanceBefore);
        json.WriteNumber("balance_after", line.BalanceAfter);
        json.WriteString("payment_method", line.PaymentMethod is { } method ? WireEnum.Text(method) : null);
        json.WriteString("description", line.Description);
        json.WriteString("processed_by", line.ProcessedBy?.ToString());
        json.WriteString("admin_notes", line.AdminNotes);
        json.WriteString("created_at", line.CreatedAt);
        json.WriteString("updated_at", line.UpdatedAt);
        json.WriteString("completed_at", line.CompletedAt?.ToString("O"));
    }

    private static void Write(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteString("id", entry.Id);
        json.WriteString("at", entry.At);
        json.WriteString("actor", entry.Actor);
        json.WriteString("action", entry.Action);
        json.WriteString("target", entry.Target);
        json.WriteString("reason", entry.Reason);
        WriteJson("before", entry.Before);
        WriteJson("after", entry.After);
        json.WriteString("trace_id", entry.TraceId);

        void WriteJson(string name, string? value)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value ?? "null", skipInputValidation: true);
        }
    }
}
