using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Assortment;

/// <summary>What subscriptions has to know of a service of the catalog, as of a version.</summary>
internal sealed class ServiceCopy
{
    public Guid Id { get; init; }
    public long Version { get; set; }
    public required string Name { get; set; }
    public required string Slug { get; set; }
    public required string Description { get; set; }
    public string? Icon { get; set; }
    public required string VersionLabel { get; set; }
    public string? Documentation { get; set; }
    public bool IsSold { get; set; }
    public required Workload Workload { get; set; }
    public List<PlanCopy> Plans { get; init; } = [];
}

internal sealed class PlanCopy
{
    public Guid Id { get; init; }
    public Guid ServiceId { get; init; }
    public required string Name { get; set; }
    public PlanTier Tier { get; set; }
    public string? Description { get; set; }
    public Money MonthlyPrice { get; set; }
    public required InstanceResources Resources { get; set; }
    public int BandwidthGb { get; set; }
    public required List<string> Features { get; set; }
    public int MaxInstancesPerUser { get; set; }
    public int MaxDomains { get; set; }
    public bool IsActive { get; set; }
}

/// <summary>In the order of upgrade (api.md §1.7).</summary>
internal enum PlanTier
{
    Free,
    Basic,
    Pro,
    Premium,
    Enterprise,
}

internal sealed class ServiceCopyConfiguration : IEntityTypeConfiguration<ServiceCopy>
{
    public void Configure(EntityTypeBuilder<ServiceCopy> service)
    {
        service.ToTable("services").HasKey(s => s.Id);
        service.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        service.Property(s => s.Version).HasColumnName("version");
        service.Property(s => s.Name).HasColumnName("name");
        service.Property(s => s.Slug).HasColumnName("slug");
        service.Property(s => s.Description).HasColumnName("description");
        service.Property(s => s.Icon).HasColumnName("icon");
        service.Property(s => s.VersionLabel).HasColumnName("version_label");
        service.Property(s => s.Documentation).HasColumnName("documentation");
        service.Property(s => s.IsSold).HasColumnName("is_sold");
        service.Property(s => s.Workload).HasColumnName("workload").HasColumnType("jsonb").HasJson();
        service.HasMany(s => s.Plans).WithOne().HasForeignKey(p => p.ServiceId).HasConstraintName("fk_plans_service");
    }
}

internal sealed class PlanCopyConfiguration : IEntityTypeConfiguration<PlanCopy>
{
    public void Configure(EntityTypeBuilder<PlanCopy> plan)
    {
        plan.ToTable("plans").HasKey(p => p.Id);
        plan.Property(p => p.Id).HasColumnName("id").ValueGeneratedNever();
        plan.Property(p => p.ServiceId).HasColumnName("service_id");
        plan.Property(p => p.Name).HasColumnName("name");
        plan.Property(p => p.Tier).HasColumnName("tier");
        plan.Property(p => p.Description).HasColumnName("description");
        plan.Property(p => p.MonthlyPrice).HasColumnName("monthly_price");
        plan.Property(p => p.Resources).HasColumnName("resources").HasColumnType("jsonb").HasJson();
        plan.Property(p => p.BandwidthGb).HasColumnName("bandwidth_gb");
        plan.PrimitiveCollection(p => p.Features).HasColumnName("features").HasColumnType("text[]");
        plan.Property(p => p.MaxInstancesPerUser).HasColumnName("max_instances_per_user");
        plan.Property(p => p.MaxDomains).HasColumnName("max_domains");
        plan.Property(p => p.IsActive).HasColumnName("is_active");
        plan.HasIndex(p => p.ServiceId).HasDatabaseName("ix_plans_service_id");
    }
}
