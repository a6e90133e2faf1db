using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Platform.Hosting;

/// <summary>
/// What an administrator did, to what, and why; written in the transaction of the deed and never changed. Each deed that succeeded has
/// exactly one. Nothing secret belongs into it.
/// </summary>
public sealed class AuditEntry
{
    public Guid Id { get; private init; }
    public DateTimeOffset At { get; private init; }

    /// <summary>The administrator.</summary>
    public Guid Actor { get; private init; }

    /// <summary>What was done, in words that stay: <c>WALLET_CREDIT_ADDED</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: a user's id, a coupon's id.</summary>
    public required string Target { get; init; }
    public string? Reason { get; private init; }

    /// <summary>JSON of what was there before, and after.</summary>
    public string? Before { get; private init; }
    public string? After { get; private init; }

    /// <summary>The trace of the request, by which its logs are found.</summary>
    public string? TraceId { get; private init; }

    /// <param name="traceId">For what is written outside of the request that asked for it; otherwise it is known here.</param>
    public static AuditEntry Of(CurrentUser actor, string action, string target, string? reason, DateTimeOffset now, object? before = null,
        object? after = null, string? traceId = null) => new()
    {
        Id = Guid.CreateVersion7(now),
        At = now,
        Actor = actor.Id,
        Action = action,
        Target = target,
        Reason = reason,
        Before = Json(before),
        After = Json(after),
        TraceId = traceId ?? Activity.Current?.TraceId.ToString(),
    };

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}

public static class Audit
{
    /// <summary>Adds the table <c>audit_entries</c> to a service's own schema.</summary>
    public static void AddAudit(this ModelBuilder model) => model.Entity<AuditEntry>(entry =>
    {
        entry.ToTable("audit_entries").HasKey(a => a.Id).HasName("audit_entries_pkey");
        entry.Property(a => a.Id).HasColumnName("id").ValueGeneratedNever();
        entry.Property(a => a.At).HasColumnName("at");
        entry.Property(a => a.Actor).HasColumnName("actor");
        entry.Property(a => a.Action).HasColumnName("action").HasMaxLength(60);
        entry.Property(a => a.Target).HasColumnName("target").HasMaxLength(100);
        entry.Property(a => a.Reason).HasColumnName("reason").HasMaxLength(500);
        entry.Property(a => a.Before).HasColumnName("before").HasColumnType("jsonb");
        entry.Property(a => a.After).HasColumnName("after").HasColumnType("jsonb");
        entry.Property(a => a.TraceId).HasColumnName("trace_id").HasMaxLength(32);
        entry.HasIndex(a => a.At).HasDatabaseName("audit_entries_at");
        entry.HasIndex(a => new { a.Target, a.At }).HasDatabaseName("audit_entries_target");
    });

    /// <summary>For the migration that makes the table: its rows are added and never changed, whatever a program tries.</summary>
    public static void GuardAudit(this MigrationBuilder migration, string schema) => migration.Sql($"""
        CREATE FUNCTION {schema}.audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% on % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_is_append_only';
        END $$;
        CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.audit_entries
            FOR EACH STATEMENT EXECUTE FUNCTION {schema}.audit_is_append_only();
        REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.audit_entries FROM CURRENT_USER;
        """);
}
