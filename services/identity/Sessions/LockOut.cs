using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;
using Platform.Identity.Storage;

namespace Platform.Identity.Sessions;

internal sealed class LockOutOptions
{
    public const string Section = "Identity:LockOut";

    /// <summary>This wrong password in a row locks for the first time; each further one doubles the wait.</summary>
    [Range(1, 20)] public int Threshold { get; init; } = 5;

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")] public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(30);

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From so many wrong passwords in a row there is one try per <see cref="HardWait"/> (NIST SP 800-63B-4 names 100).</summary>
    [Range(10, 100)] public int HardLimit { get; init; } = 100;

    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")] public TimeSpan HardWait { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>Wrong passwords in a row for one e-mail address, whether or not it has an account.</summary>
public sealed class SignInFailures
{
    /// <summary>SHA-256 of the normalised address: addresses of strangers are not collected.</summary>
    public required byte[] Account { get; init; }

    public int Failures { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    public DateTimeOffset LastAt { get; init; }
}

/// <summary>
/// Slows down guessing. Counted per address and not per account, because a lock that only existing accounts can get would tell who has one.
/// A try is counted before its password is checked and forgiven when it was right, so that parallel tries gain nothing.
/// </summary>
internal sealed class LockOut(UsersDbContext db, IOptions<LockOutOptions> options, TimeProvider clock)
{
    /// <returns>How long to wait, or null when a try is allowed.</returns>
    public async Task<TimeSpan?> WaitAsync(string email, CancellationToken ct)
    {
        var (account, now) = (KeyOf(email), clock.GetUtcNow());
        var until = await db.SignInFailures.Where(f => f.Account == account).Select(f => f.LockedUntil).SingleOrDefaultAsync(ct);
        return until > now ? until - now : null;
    }

    /// <summary>Counts a try as if it had failed.</summary>
    /// <returns>False when the address is locked and the try must not happen.</returns>
    public async Task<bool> CountTryAsync(string email, CancellationToken ct)
    {
        var rule = options.Value;
        var (account, now) = (KeyOf(email), clock.GetUtcNow());
        var firstLock = rule.Threshold == 1 ? now + rule.FirstWait : (DateTimeOffset?)null;
        var (first, longest, hard) = (rule.FirstWait.TotalSeconds, rule.LongestWait.TotalSeconds, rule.HardWait.TotalSeconds);
        return 1 == await db.Database.ExecuteSqlAsync(
            $"""
             INSERT INTO identity.sign_in_failures AS f (account, failures, locked_until, last_at)
             VALUES ({account}, 1, {firstLock}, {now})
             ON CONFLICT (account) DO UPDATE SET
                 failures = f.failures + 1,
                 last_at = {now},
                 locked_until = CASE
                     WHEN f.failures + 1 >= {rule.HardLimit} THEN {now} + {hard} * interval '1 second'
                     WHEN f.failures + 1 >= {rule.Threshold} THEN {now} + interval '1 second' *
                         least({first} * power(2, least(f.failures + 1 - {rule.Threshold}, 30)), {longest})
                 END
             WHERE f.locked_until IS NULL OR f.locked_until <= {now}
             """, ct);
    }

    public Task ForgiveAsync(string email, CancellationToken ct)
    {
        var account = KeyOf(email);
        return db.SignInFailures.Where(f => f.Account == account).ExecuteDeleteAsync(ct);
    }

    private static byte[] KeyOf(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email));
}

internal sealed class SignInFailuresConfiguration : IEntityTypeConfiguration<SignInFailures>
{
    public void Configure(EntityTypeBuilder<SignInFailures> failures)
    {
        failures.ToTable("sign_in_failures", table => table.HasCheckConstraint("sign_in_failures_positive", "failures > 0"));
        failures.HasKey(f => f.Account).HasName("pk_sign_in_failures");
        failures.Property(f => f.Account).HasColumnName("account");
        failures.Property(f => f.Failures).HasColumnName("failures");
        failures.Property(f => f.LockedUntil).HasColumnName("locked_until");
        failures.Property(f => f.LastAt).HasColumnName("last_at");
        failures.HasIndex(f => f.LastAt).HasDatabaseName("ix_sign_in_failures_last_at");
    }
}
