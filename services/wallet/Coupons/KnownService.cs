using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>What wallet has to know of a service of the catalog: what to call it where a coupon is limited to it.</summary>
internal sealed class KnownService
{
    public Guid Id { get; init; }
    public long Version { get; init; }
    public required string Name { get; init; }
    public required string Slug { get; init; }
}

internal sealed class KnownServiceConfiguration : IEntityTypeConfiguration<KnownService>
{
    public void Configure(EntityTypeBuilder<KnownService> service)
    {
        service.ToTable("services").HasKey(s => s.Id).HasName("services_pkey");
        service.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        service.Property(s => s.Version).HasColumnName("version");
        service.Property(s => s.Name).HasColumnName("name");
        service.Property(s => s.Slug).HasColumnName("slug");
    }
}

/// <summary>Each revision is whole, so the newest wins in whatever order they come.</summary>
internal sealed class ServiceRevisedConsumer(WalletDbContext db) : IConsumer<ServiceRevised>
{
    public Task Consume(ConsumeContext<ServiceRevised> context)
    {
        var service = context.Message;
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO wallet.services (id, version, name, slug)
            VALUES ({service.CorrelationId}, {service.Version}, {service.Name}, {service.Slug})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, slug = excluded.slug
            WHERE services.version < excluded.version
            """, context.CancellationToken);
    }
}
