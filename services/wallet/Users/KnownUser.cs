using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What wallet has to know of a user that identity owns: whose wallet it is, and whom the payment page greets.</summary>
internal sealed class KnownUser
{
    public Guid Id { get; init; }
    public long Version { get; init; }
    public required string Name { get; init; }
    public required string Email { get; init; }
    public DateTimeOffset MemberSince { get; init; }
}

internal sealed class KnownUserConfiguration : IEntityTypeConfiguration<KnownUser>
{
    public void Configure(EntityTypeBuilder<KnownUser> user)
    {
        user.ToTable("users").HasKey(u => u.Id).HasName("users_pkey");
        user.Property(u => u.Id).HasColumnName("id").ValueGeneratedNever();
        user.Property(u => u.Version).HasColumnName("version");
        user.Property(u => u.Name).HasColumnName("name");
        user.Property(u => u.Email).HasColumnName("email");
        user.Property(u => u.MemberSince).HasColumnName("member_since");
    }
}

/// <summary>Each revision is whole, so the newest wins in whatever order they come.</summary>
internal sealed class UserRevisedConsumer(WalletDbContext db) : IConsumer<UserRevised>
{
    public Task Consume(ConsumeContext<UserRevised> context)
    {
        var user = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.users (id, version, name, email, member_since)
            VALUES ({user.CorrelationId}, {user.Version}, {user.Name}, {user.Email}, {user.MemberSince.ToUniversalTime()})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, email = excluded.email,
                member_since = excluded.member_since
            WHERE users.version < excluded.version
            """, context.CancellationToken);
    }
}
