using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Catalog.Assortment;

/// <summary>How a service tells that it works: GET a path, connect, or run a command in its container.</summary>
internal enum ProbeKind
{
    Http,
    Tcp,
    Exec,
}

/// <summary>
/// A variable of the container. The value may hold {{host}}, {{url}}, {{port}}, {{instance}} and {{secret:name}};
/// a secret is made once per instance by the provisioner, so that no two instances share a password.
/// </summary>
internal sealed record EnvironmentVariable(string Name, string Value);

/// <summary>An application that can be subscribed to, with its plans and with what the provisioner needs in order to run it.</summary>
internal sealed class Service
{
    public required Guid Id { get; init; }
    public required Guid CategoryId { get; init; }
    public Category Category { get; init; } = null!;
    public required string Name { get; init; }
    public required string Slug { get; init; }
    public required string Description { get; init; }
    public string? LongDescription { get; init; }
    public string? Icon { get; init; }
    public string? Documentation { get; init; }

    /// <summary>The application's version as people call it, e.g. <c>1.110.1</c>.</summary>
    public required string VersionLabel { get; init; }

    /// <summary>Names a version, never <c>latest</c>: a restart must not change the application.</summary>
    public required string Image { get; init; }
    public required int Port { get; init; }

    /// <summary>Where the application keeps its data; the volume is mounted there.</summary>
    public required string DataPath { get; init; }

    /// <summary>Numeric user id that the image can run as without root.</summary>
    public required long RunAsUser { get; init; }
    public required ProbeKind ProbeKind { get; init; }
    public string? ProbePath { get; init; }
    public string[]? ProbeCommand { get; init; }
    public required List<EnvironmentVariable> Environment { get; init; }

    /// <summary>Lower-case words that a search finds exactly.</summary>
    public required string[] Tags { get; init; }
    public required bool IsActive { get; init; }
    public required bool IsPublic { get; init; }
    public required bool IsFeatured { get; init; }
    public required int SortOrder { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Counts the revisions that were published; every change of the service or of one of its plans makes the next one.</summary>
    public long Version { get; private set; }

    public List<Plan> Plans { get; init; } = [];

    /// <summary>The next revision, to be published in the transaction that stores the change. All plans must be loaded.</summary>
    public ServiceRevised Revise(DateTimeOffset now)
    {
        UpdatedAt = now;
        return new(Id, ++Version, Name, Slug, Description, Icon, VersionLabel, Documentation, IsActive, IsPublic, Workload,
            [.. Plans.OrderBy(plan => plan.SortOrder).ThenBy(plan => plan.Id).Select(plan => plan.ToRevision())]);
    }

    private Workload Workload => new(Slug, Name, Image, Port, DataPath, RunAsUser, Probe,
        [.. Environment.Select(variable => new WorkloadVariable(variable.Name, variable.Value))]);

    private WorkloadProbe Probe => new(ProbeKind.ToString().ToUpperInvariant(), ProbePath, ProbeCommand);
}

internal sealed class ServiceConfiguration : IEntityTypeConfiguration<Service>
{
    public void Configure(EntityTypeBuilder<Service> builder)
    {
        builder.ToTable("services", table =>
        {
            table.HasCheckConstraint("services_port_in_range", "default_port BETWEEN 1 AND 65535");
            table.HasCheckConstraint("services_image_names_a_version", @"docker_image LIKE '%:%' AND docker_image NOT LIKE '%:latest'");
            table.HasCheckConstraint("services_not_root", "run_as_user > 0");
            table.HasCheckConstraint("services_probe_is_whole", """
                (probe_kind = 'HTTP' AND probe_path LIKE '/%' AND probe_command IS NULL)
                OR (probe_kind = 'TCP' AND probe_path IS NULL AND probe_command IS NULL)
                OR (probe_kind = 'EXEC' AND probe_path IS NULL AND cardinality(probe_command) > 0)
                """);
        });
        builder.HasKey(s => s.Id).HasName("services_pk");
        builder.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(s => s.CategoryId).HasColumnName("category_id");
        ConfigureShopWindow(builder);
        ConfigureWorkload(builder);
        builder.Property(s => s.CreatedAt).HasColumnName("created_at");
        builder.Property(s => s.UpdatedAt).HasColumnName("updated_at");
        builder.Property(s => s.Version).HasColumnName("version").IsConcurrencyToken();
        builder.HasOne(s => s.Category).WithMany().HasForeignKey(s => s.CategoryId)
            .OnDelete(DeleteBehavior.Restrict).HasConstraintName("services_category_fk");
        builder.HasIndex(s => s.CategoryId).HasDatabaseName("services_category");
        builder.HasIndex(s => s.Slug).IsUnique().HasDatabaseName("services_slug_unique");
    }

    private static void ConfigureShopWindow(EntityTypeBuilder<Service> builder)
    {
        builder.Property(s => s.Name).HasColumnName("name").HasMaxLength(100);
        builder.Property(s => s.Slug).HasColumnName("slug").HasMaxLength(Slug.MaxLength);
        builder.Property(s => s.Description).HasColumnName("description").HasMaxLength(1000);
        builder.Property(s => s.LongDescription).HasColumnName("long_description").HasMaxLength(5000);
        builder.Property(s => s.Icon).HasColumnName("icon");
        builder.Property(s => s.Documentation).HasColumnName("documentation");
        builder.Property(s => s.VersionLabel).HasColumnName("version_label").HasMaxLength(50);
        builder.Property(s => s.Tags).HasColumnName("tags");
        builder.Property(s => s.IsActive).HasColumnName("is_active");
        builder.Property(s => s.IsPublic).HasColumnName("is_public");
        builder.Property(s => s.IsFeatured).HasColumnName("is_featured");
        builder.Property(s => s.SortOrder).HasColumnName("sort_order");
    }

    private static void ConfigureWorkload(EntityTypeBuilder<Service> builder)
    {
        builder.Property(s => s.Image).HasColumnName("docker_image").HasMaxLength(200);
        builder.Property(s => s.Port).HasColumnName("default_port");
        builder.Property(s => s.DataPath).HasColumnName("data_path").HasMaxLength(200);
        builder.Property(s => s.RunAsUser).HasColumnName("run_as_user");
        builder.Property(s => s.ProbeKind).HasColumnName("probe_kind").HasMaxLength(10);
        builder.Property(s => s.ProbePath).HasColumnName("probe_path").HasMaxLength(200);
        builder.Property(s => s.ProbeCommand).HasColumnName("probe_command");
        builder.OwnsMany(s => s.Environment, environment => environment.ToJson("env_template"));
    }
}
