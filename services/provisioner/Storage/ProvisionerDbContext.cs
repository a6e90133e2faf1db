using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Platform.Hosting;
using Platform.Messaging;
using Platform.Provisioner.Instances;

namespace Platform.Provisioner.Storage;

/// <summary>Public for the tests' host only; its content is not.</summary>
public sealed class ProvisionerDbContext(DbContextOptions<ProvisionerDbContext> options) : DbContext(options)
{
    public const string Schema = "provisioner";

    internal DbSet<Instance> Instances => Set<Instance>();

    /// <summary>The row, locked until the transaction ends; null when there is none.</summary>
    internal async Task<Instance?> LockAsync(Guid id, CancellationToken ct) =>
        (await Instances.FromSql($"SELECT * FROM provisioner.instances WHERE id = {id} FOR UPDATE").ToListAsync(ct)).SingleOrDefault();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddMessaging();
        modelBuilder.AddIdempotencyKeys();
        modelBuilder.ApplyConfiguration(new InstanceConfiguration());
    }
}

/// <summary>For <c>dotnet ef</c> only; it never connects.</summary>
internal sealed class ProvisionerDesignTime : IDesignTimeDbContextFactory<ProvisionerDbContext>
{
    public ProvisionerDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<ProvisionerDbContext>().UseNpgsql("Host=127.0.0.1;Database=design",
            npgsql => npgsql.MigrationsHistoryTable("migrations", ProvisionerDbContext.Schema)).Options);
}
