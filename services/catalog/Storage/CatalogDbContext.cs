using Microsoft.EntityFrameworkCore;
using Platform.Catalog.Assortment;
using Platform.Catalog.Seats;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Catalog.Storage;

public sealed class CatalogDbContext(DbContextOptions<CatalogDbContext> options) : DbContext(options)
{
    public const string Schema = "catalog";

    internal DbSet<Category> Categories => Set<Category>();
    internal DbSet<Service> Services => Set<Service>();
    internal DbSet<Plan> Plans => Set<Plan>();
    internal DbSet<SeatReservation> Reservations => Set<SeatReservation>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddMessaging();
        modelBuilder.AddIdempotencyKeys();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CatalogDbContext).Assembly);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Money>().HaveConversion<MoneyColumn>();
        configurationBuilder.Properties<PlanType>().HaveConversion<WireEnumColumn<PlanType>>();
        configurationBuilder.Properties<ProbeKind>().HaveConversion<WireEnumColumn<ProbeKind>>();
        configurationBuilder.Properties<SeatState>().HaveConversion<WireEnumColumn<SeatState>>();
    }
}
