using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Identity.Accounts;

public enum UserRole
{
    User,
    Administrator,
}

/// <summary>
/// A person with an account. Identity's own members hold the e-mail, the phone number (as +62…) and the password hash;
/// its lock-out members are not stored, because a lock that only existing accounts can get tells which e-mails exist (see LockOut).
/// </summary>
public sealed class User : IdentityUser<Guid>
{
    public required string Name { get; set; }

    public UserRole Role { get; set; }

    public string? Avatar { get; set; }

    public bool IsActive { get; set; } = true;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Counts the revisions that other services were told.</summary>
    public long Version { get; private set; }

    /// <summary>Marks a change. What it returns is published in the transaction of the change.</summary>
    public UserRevised Revise(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
        return new(Id, Version, Name, Email!, Role.OnWire(), IsActive, CreatedAt);
    }
}

internal static class UserRoles
{
    /// <summary>The role as tokens, messages and the store spell it.</summary>
    public static string OnWire(this UserRole role) => role switch
    {
        UserRole.User => "USER",
        UserRole.Administrator => CurrentUser.Administrator,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "There are two roles."),
    };

    public static UserRole Parse(string text) => text == CurrentUser.Administrator ? UserRole.Administrator : UserRole.User;
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public const string EmailIsUnique = "ux_users_normalized_email";
    public const string UserNameIsUnique = "ux_users_normalized_user_name";
    public const string PhoneIsUnique = "ux_users_phone";

    public void Configure(EntityTypeBuilder<User> user)
    {
        user.ToTable("users", table =>
        {
            table.HasCheckConstraint("users_role_known", "role IN ('USER', 'ADMINISTRATOR')");
            table.HasCheckConstraint("users_phone_normalised", "phone IS NULL OR phone ~ '^[+]628[1-9][0-9]{6,9}$'");
            table.HasCheckConstraint("users_version_positive", "version > 0");
        });
        user.HasKey(u => u.Id).HasName("pk_users");
        user.Property(u => u.Id).HasColumnName("id").ValueGeneratedNever();
        user.Property(u => u.Name).HasColumnName("name").HasMaxLength(50);
        user.Property(u => u.UserName).HasColumnName("user_name").HasMaxLength(254).IsRequired();
        user.Property(u => u.NormalizedUserName).HasColumnName("normalized_user_name").HasMaxLength(254).IsRequired();
        user.Property(u => u.Email).HasColumnName("email").HasMaxLength(254).IsRequired();
        user.Property(u => u.NormalizedEmail).HasColumnName("normalized_email").HasMaxLength(254).IsRequired();
        user.Property(u => u.EmailConfirmed).HasColumnName("email_confirmed");
        user.Property(u => u.PhoneNumber).HasColumnName("phone").HasMaxLength(16);
        user.Property(u => u.PhoneNumberConfirmed).HasColumnName("phone_confirmed");
        user.Property(u => u.PasswordHash).HasColumnName("password_hash");
        user.Property(u => u.SecurityStamp).HasColumnName("security_stamp");
        user.Property(u => u.ConcurrencyStamp).HasColumnName("concurrency_stamp").IsConcurrencyToken();
        user.Property(u => u.TwoFactorEnabled).HasColumnName("two_factor_enabled");
        user.Property(u => u.Role).HasColumnName("role").HasMaxLength(16)
            .HasConversion(role => role.OnWire(), text => UserRoles.Parse(text));
        user.Property(u => u.Avatar).HasColumnName("avatar").HasMaxLength(2048);
        user.Property(u => u.IsActive).HasColumnName("is_active");
        user.Property(u => u.CreatedAt).HasColumnName("created_at");
        user.Property(u => u.UpdatedAt).HasColumnName("updated_at");
        user.Property(u => u.Version).HasColumnName("version");
        user.Ignore(u => u.LockoutEnd).Ignore(u => u.LockoutEnabled).Ignore(u => u.AccessFailedCount);
        user.HasIndex(u => u.NormalizedEmail).IsUnique().HasDatabaseName(EmailIsUnique);
        user.HasIndex(u => u.NormalizedUserName).IsUnique().HasDatabaseName(UserNameIsUnique);
        user.HasIndex(u => u.PhoneNumber).IsUnique().HasDatabaseName(PhoneIsUnique);
    }
}
