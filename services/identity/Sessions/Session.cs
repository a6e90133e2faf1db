using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Platform.Identity.Accounts;

namespace Platform.Identity.Sessions;

public enum SessionEnd
{
    Logout,
    LogoutEverywhere,
    RefreshReused,
}

/// <summary>One sign-in and the family of refresh tokens that grew out of it. Its id is the claim <c>sid</c> of access tokens.</summary>
public sealed class Session
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public User User { get; init; } = null!;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; private set; }

    public SessionEnd? EndReason { get; private set; }

    public bool IsAlive(DateTimeOffset now) => EndedAt is null && now < ExpiresAt;

    public void End(SessionEnd reason, DateTimeOffset now) => (EndedAt, EndReason) = (now, reason);
}

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> session)
    {
        session.ToTable("sessions", table =>
            table.HasCheckConstraint("sessions_end_has_reason", "(ended_at IS NULL) = (end_reason IS NULL)"));
        session.HasKey(s => s.Id).HasName("pk_sessions");
        session.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        session.Property(s => s.UserId).HasColumnName("user_id");
        session.Property(s => s.CreatedAt).HasColumnName("created_at");
        session.Property(s => s.LastUsedAt).HasColumnName("last_used_at");
        session.Property(s => s.ExpiresAt).HasColumnName("expires_at");
        session.Property(s => s.EndedAt).HasColumnName("ended_at");
        session.Property(s => s.EndReason).HasColumnName("end_reason").HasMaxLength(32).HasConversion(
            new ValueConverter<SessionEnd, string>(reason => OnRecord(reason), text => Parse(text)));
        session.HasOne(s => s.User).WithMany().HasForeignKey(s => s.UserId).HasConstraintName("fk_sessions_user");
        session.HasIndex(s => s.UserId).HasDatabaseName("ix_sessions_user_id");
        session.HasIndex(s => s.ExpiresAt).HasDatabaseName("ix_sessions_expires_at");
    }

    private static string OnRecord(SessionEnd reason) => reason switch
    {
        SessionEnd.Logout => "LOGOUT",
        SessionEnd.LogoutEverywhere => "LOGOUT_EVERYWHERE",
        SessionEnd.RefreshReused => "REFRESH_REUSED",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "This end has no name in the store."),
    };

    private static SessionEnd Parse(string text) => text switch
    {
        "LOGOUT" => SessionEnd.Logout,
        "LOGOUT_EVERYWHERE" => SessionEnd.LogoutEverywhere,
        "REFRESH_REUSED" => SessionEnd.RefreshReused,
        _ => throw new InvalidOperationException($"The store holds an unknown end of a session: {text}."),
    };
}
