using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Subscriptions.Instances;

/// <summary>
/// What the owner reads of the instance. The row exists from the subscription's first answer on (PENDING), because the frontend breaks on
/// a live subscription without one; afterwards it follows the provisioner's snapshots.
/// </summary>
internal sealed class InstanceCopy
{
    public Guid Id { get; init; }
    public Guid SubscriptionId { get; init; }
    public long Version { get; set; }
    public required string Name { get; set; }
    public required string Namespace { get; set; }
    public required string Subdomain { get; set; }
    public required string Status { get; set; }
    public string? HealthStatus { get; set; }
    public string? PodName { get; set; }
    public required string PublicUrl { get; set; }
    public required string AdminUrl { get; set; }
    public long Generation { get; set; }

    /// <summary>The newest wish. A snapshot of an older generation may show the old pod healthy; that is not the wish's success.</summary>
    public long WishedGeneration { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? LastStarted { get; set; }
}

internal sealed class InstanceCopyConfiguration : IEntityTypeConfiguration<InstanceCopy>
{
    public void Configure(EntityTypeBuilder<InstanceCopy> instance)
    {
        instance.ToTable("instances").HasKey(i => i.Id);
        instance.Property(i => i.Id).HasColumnName("id").ValueGeneratedNever();
        instance.Property(i => i.SubscriptionId).HasColumnName("subscription_id");
        instance.Property(i => i.Version).HasColumnName("version");
        instance.Property(i => i.Name).HasColumnName("name");
        instance.Property(i => i.Namespace).HasColumnName("namespace");
        instance.Property(i => i.Subdomain).HasColumnName("subdomain");
        instance.Property(i => i.Status).HasColumnName("status");
        instance.Property(i => i.HealthStatus).HasColumnName("health_status");
        instance.Property(i => i.PodName).HasColumnName("pod_name");
        instance.Property(i => i.PublicUrl).HasColumnName("public_url");
        instance.Property(i => i.AdminUrl).HasColumnName("admin_url");
        instance.Property(i => i.Generation).HasColumnName("generation");
        instance.Property(i => i.WishedGeneration).HasColumnName("wished_generation");
        instance.Property(i => i.CreatedAt).HasColumnName("created_at");
        instance.Property(i => i.UpdatedAt).HasColumnName("updated_at");
        instance.Property(i => i.LastStarted).HasColumnName("last_started");
        instance.HasIndex(i => i.SubscriptionId).HasDatabaseName("ix_instances_subscription_id");
    }
}
