using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Catalog.Assortment;

/// <summary>In the order of upgrade.</summary>
internal enum PlanType
{
    Free,
    Basic,
    Pro,
    Premium,
    Enterprise,
}

/// <summary>A size and a price of a service, with a limited number of seats.</summary>
internal sealed class Plan
{
    public required Guid Id { get; init; }
    public required Guid ServiceId { get; init; }
    public required string Name { get; init; }
    public required PlanType PlanType { get; init; }
    public string? Description { get; init; }
    public required Money MonthlyPrice { get; init; }
    public required int CpuMilli { get; init; }

    /// <summary>Mebibytes.</summary>
    public required int MemoryMb { get; init; }

    /// <summary>Gibibytes, the size of the volume.</summary>
    public required int StorageGb { get; init; }

    /// <summary>Gigabytes of traffic per month; 0 means not limited.</summary>
    public required int Bandwidth { get; init; }
    public required int TotalQuota { get; init; }

    /// <summary>Seats taken. Changed by single conditional statements only (see Seats), never through a loaded plan.</summary>
    public int UsedQuota { get; init; }
    public required string[] Features { get; init; }
    public required int MaxInstancesPerUser { get; init; }
    public required int MaxDomains { get; init; }
    public required bool IsActive { get; init; }
    public required bool IsPopular { get; init; }
    public required int SortOrder { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public PlanRevision ToRevision() => new(Id, Name, PlanType.ToString().ToUpperInvariant(), Description, MonthlyPrice,
        new(CpuMilli, MemoryMb, StorageGb), Bandwidth, Features, MaxInstancesPerUser, MaxDomains, IsActive);
}

internal sealed class PlanConfiguration : IEntityTypeConfiguration<Plan>
{
    public void Configure(EntityTypeBuilder<Plan> builder)
    {
        builder.ToTable("plans", table =>
        {
            // The promise that no seat is sold twice, kept a second time by the store.
            table.HasCheckConstraint("plans_seats_in_quota", "used_quota BETWEEN 0 AND total_quota");
            table.HasCheckConstraint("plans_price_in_range", "monthly_price BETWEEN 0 AND 100000000");
            table.HasCheckConstraint("plans_size_positive", "cpu_milli > 0 AND memory_mb > 0 AND storage_gb > 0");
            table.HasCheckConstraint("plans_limits_in_range", "bandwidth >= 0 AND max_instances_per_user > 0 AND max_domains > 0");
            table.HasCheckConstraint("plans_type_known", "plan_type IN ('FREE', 'BASIC', 'PRO', 'PREMIUM', 'ENTERPRISE')");
        });
        builder.HasKey(p => p.Id).HasName("plans_pk");
        builder.Property(p => p.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(p => p.ServiceId).HasColumnName("service_id");
        builder.Property(p => p.Name).HasColumnName("name").HasMaxLength(100);
        builder.Property(p => p.PlanType).HasColumnName("plan_type").HasMaxLength(20);
        builder.Property(p => p.Description).HasColumnName("description").HasMaxLength(1000);
        builder.Property(p => p.MonthlyPrice).HasColumnName("monthly_price");
        builder.Property(p => p.CpuMilli).HasColumnName("cpu_milli");
        builder.Property(p => p.MemoryMb).HasColumnName("memory_mb");
        builder.Property(p => p.StorageGb).HasColumnName("storage_gb");
        builder.Property(p => p.Bandwidth).HasColumnName("bandwidth");
        builder.Property(p => p.TotalQuota).HasColumnName("total_quota");
        builder.Property(p => p.UsedQuota).HasColumnName("used_quota");
        builder.Property(p => p.Features).HasColumnName("features");
        builder.Property(p => p.MaxInstancesPerUser).HasColumnName("max_instances_per_user");
        builder.Property(p => p.MaxDomains).HasColumnName("max_domains");
        builder.Property(p => p.IsActive).HasColumnName("is_active");
        builder.Property(p => p.IsPopular).HasColumnName("is_popular");
        builder.Property(p => p.SortOrder).HasColumnName("sort_order");
        builder.Property(p => p.CreatedAt).HasColumnName("created_at");
        builder.Property(p => p.UpdatedAt).HasColumnName("updated_at");
        // A service with plans is archived, not deleted: subscriptions and seats refer to them for good.
        builder.HasOne<Service>().WithMany(s => s.Plans).HasForeignKey(p => p.ServiceId)
            .OnDelete(DeleteBehavior.Restrict).HasConstraintName("plans_service_fk");
        builder.HasIndex(p => new { p.ServiceId, p.PlanType }).IsUnique().HasDatabaseName("plans_type_once_per_service");
    }
}
