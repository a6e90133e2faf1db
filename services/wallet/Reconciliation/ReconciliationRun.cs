using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Wallets;

internal enum RunKind
{
    /// <summary>Everything that was opened or touched in two days, once per UTC date.</summary>
    Daily,

    /// <summary>Only what was credited and not yet found in the gateway's books, once per hour.</summary>
    Light,

    /// <summary>As <see cref="Daily"/>, because an administrator wanted it.</summary>
    Manual,
}

internal enum RunState
{
    Due,
    Running,

    /// <summary>Every order was looked at, and the gateway answered for each.</summary>
    Complete,

    /// <summary>The gateway did not answer for some of the orders; they stay as they were.</summary>
    Incomplete,
}

/// <summary>
/// One comparison of our books with the gateway's. The key says which one it is, and the store takes each key once, so that replicas, a
/// restart or a clock that was set back never lead to a second run of the same day.
/// </summary>
internal sealed class ReconciliationRun
{
    /// <summary><c>daily:2026-11-22</c>, <c>light:2026-11-22T13</c>, <c>manual:{id}</c>.</summary>
    public required string Key { get; init; }
    public RunKind Kind { get; private init; }

    /// <summary>The UTC date that it is about.</summary>
    public DateOnly Date { get; private init; }
    public RunState State { get; private init; }

    /// <summary>Whoever holds the claim; a new id for each try, so that one who lost it cannot finish in another's name.</summary>
    public Guid? Holder { get; private init; }

    /// <summary>When a replica may take it up: at once while due, after the lease while running, after a pause when incomplete.</summary>
    public DateTimeOffset? NextTryAt { get; private init; }
    public int Tries { get; private init; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset? StartedAt { get; private init; }
    public DateTimeOffset? FinishedAt { get; private init; }
    public int Checked { get; private init; }
    public int Agreed { get; private init; }
    public int Different { get; private init; }
    public int Unanswered { get; private init; }

    /// <summary>The administrator who wanted it, and why.</summary>
    public Guid? RequestedBy { get; private init; }
    public string? Reason { get; private init; }

    public bool HasEnded => State is RunState.Complete or RunState.Incomplete;

    public static ReconciliationRun Daily(DateOnly date, DateTimeOffset now) =>
        Of($"daily:{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", RunKind.Daily, date, now);

    public static ReconciliationRun Light(DateTimeOffset now) =>
        Of($"light:{now.UtcDateTime.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture)}", RunKind.Light,
            DateOnly.FromDateTime(now.UtcDateTime), now);

    public static ReconciliationRun Manual(Guid id, DateOnly date, Guid administrator, string reason, DateTimeOffset now) => new()
    {
        Key = $"manual:{id}", Kind = RunKind.Manual, Date = date, State = RunState.Due, NextTryAt = now, CreatedAt = now,
        RequestedBy = administrator, Reason = reason,
    };

    private static ReconciliationRun Of(string key, RunKind kind, DateOnly date, DateTimeOffset now) => new()
    {
        Key = key, Kind = kind, Date = date, State = RunState.Due, NextTryAt = now, CreatedAt = now,
    };
}

internal sealed class ReconciliationRunConfiguration : IEntityTypeConfiguration<ReconciliationRun>
{
    public void Configure(EntityTypeBuilder<ReconciliationRun> run)
    {
        run.ToTable("reconciliation_runs", table =>
        {
            table.HasCheckConstraint("reconciliation_runs_kind_known", "kind IN ('DAILY', 'LIGHT', 'MANUAL')");
            table.HasCheckConstraint("reconciliation_runs_state_known", "state IN ('DUE', 'RUNNING', 'COMPLETE', 'INCOMPLETE')");
            table.HasCheckConstraint("reconciliation_runs_ended_have_their_time",
                "(state IN ('COMPLETE', 'INCOMPLETE')) = (finished_at IS NOT NULL)");
            table.HasCheckConstraint("reconciliation_runs_manual_have_their_reason",
                "(kind = 'MANUAL') = (requested_by IS NOT NULL AND reason IS NOT NULL)");
        });
        run.HasKey(r => r.Key).HasName("reconciliation_runs_pkey");
        run.Property(r => r.Key).HasColumnName("key").HasMaxLength(60);
        run.Property(r => r.Kind).HasColumnName("kind").HasMaxLength(20);
        run.Property(r => r.Date).HasColumnName("date");
        run.Property(r => r.State).HasColumnName("state").HasMaxLength(20);
        run.Property(r => r.Holder).HasColumnName("holder");
        run.Property(r => r.NextTryAt).HasColumnName("next_try_at");
        run.Property(r => r.Tries).HasColumnName("tries");
        run.Property(r => r.CreatedAt).HasColumnName("created_at");
        run.Property(r => r.StartedAt).HasColumnName("started_at");
        run.Property(r => r.FinishedAt).HasColumnName("finished_at");
        run.Property(r => r.Checked).HasColumnName("checked");
        run.Property(r => r.Agreed).HasColumnName("agreed");
        run.Property(r => r.Different).HasColumnName("different");
        run.Property(r => r.Unanswered).HasColumnName("unanswered");
        run.Property(r => r.RequestedBy).HasColumnName("requested_by");
        run.Property(r => r.Reason).HasColumnName("reason").HasMaxLength(200);
        run.Ignore(r => r.HasEnded);
        run.HasIndex(r => r.NextTryAt).HasFilter("next_try_at IS NOT NULL").HasDatabaseName("reconciliation_runs_due");
        run.HasIndex(r => new { r.Date, r.CreatedAt }).HasDatabaseName("reconciliation_runs_of_date");
    }
}
