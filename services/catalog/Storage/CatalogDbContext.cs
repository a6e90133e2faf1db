using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
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
        configurationBuilder.Properties<Money>().HaveConversion<RupiahColumn>();
        configurationBuilder.Properties<PlanType>().HaveConversion<UpperCaseColumn<PlanType>>();
        configurationBuilder.Properties<ProbeKind>().HaveConversion<UpperCaseColumn<ProbeKind>>();
        configurationBuilder.Properties<SeatState>().HaveConversion<UpperCaseColumn<SeatState>>();
    }

    private sealed class RupiahColumn() : ValueConverter<Money, long>(money => money.Rupiah, rupiah => Money.Idr(rupiah));

    /// <summary>The store spells a closed set as the wire does: <c>RESERVED</c>. The sets have one-word members only.</summary>
    private sealed class UpperCaseColumn<TEnum>() : ValueConverter<TEnum, string>(
        member => member.ToString()!.ToUpperInvariant(), text => Enum.Parse<TEnum>(text, true))
        where TEnum : struct, Enum;
}
