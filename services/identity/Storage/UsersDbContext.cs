using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Platform.Hosting;
using Platform.Identity.Accounts;
using Platform.Identity.Sessions;
using Platform.Messaging;

namespace Platform.Identity.Storage;

/// <summary>Identity's stores work on any context that maps the user; tables for external logins and the like come with those.</summary>
public sealed class UsersDbContext(DbContextOptions<UsersDbContext> options) : DbContext(options)
{
    public const string Schema = "identity";

    public DbSet<User> Users => Set<User>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<SignInFailures> SignInFailures => Set<SignInFailures>();

    /// <summary>The session with its user, locked until the transaction ends, so that renewals and ends take turns.</summary>
    public async Task<Session?> LockSessionAsync(Guid id, CancellationToken ct)
    {
        var session = await Sessions.FromSql($"SELECT * FROM identity.sessions WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct);
        if (session is not null)
            await Entry(session).Reference(s => s.User).LoadAsync(ct);
        return session;
    }

    /// <summary>The user, locked until the transaction ends, so that two changes at once do not lose one.</summary>
    public Task<User?> LockUserAsync(Guid id, CancellationToken ct) =>
        Users.FromSql($"SELECT * FROM identity.users WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddMessaging();
        modelBuilder.AddIdempotencyKeys();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(UsersDbContext).Assembly);
    }
}

/// <summary>For <c>dotnet ef</c> only; it never connects.</summary>
internal sealed class UsersDbContextFactory : IDesignTimeDbContextFactory<UsersDbContext>
{
    public UsersDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<UsersDbContext>()
        .UseNpgsql("Host=localhost;Database=design", npgsql => npgsql.MigrationsHistoryTable("migrations", UsersDbContext.Schema)).Options);
}
