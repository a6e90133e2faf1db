using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Platform.Contracts;

namespace Platform.Provisioner.Instances;

internal sealed class InstanceConfiguration : IEntityTypeConfiguration<Instance>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public void Configure(EntityTypeBuilder<Instance> instance)
    {
        instance.ToTable("instances", table =>
        {
            table.HasCheckConstraint("instances_wish_known", "wish IN ('RUN', 'TERMINATE')");
            table.HasCheckConstraint("instances_status_known",
                "status IN ('PENDING', 'PROVISIONING', 'RUNNING', 'STOPPING', 'ERROR', 'TERMINATED')");
            table.HasCheckConstraint("instances_outcome_known", "outcome IN ('READY', 'FAILED')");
            table.HasCheckConstraint("instances_wish_is_whole",
                "wish = 'TERMINATE' OR (workload IS NOT NULL AND name IS NOT NULL AND host IS NOT NULL)");
            table.HasCheckConstraint("instances_terminated_is_wished",
                "(terminated_at IS NULL) = (status <> 'TERMINATED') AND (terminated_at IS NULL OR wish = 'TERMINATE')");
            table.HasCheckConstraint("instances_answers_follow_wishes",
                "answered_generation <= generation AND observed_generation <= generation");
            table.HasCheckConstraint("instances_failure_has_reason",
                "outcome IS DISTINCT FROM 'FAILED' OR answered_generation < generation OR failure_code IS NOT NULL");
        });
        instance.HasKey(x => x.Id).HasName("instances_pkey");
        instance.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        instance.Property(x => x.Workload).HasColumnName("workload").HasColumnType("jsonb").HasConversion(
            workload => JsonSerializer.Serialize(workload, Json), text => JsonSerializer.Deserialize<Workload>(text, Json));
        instance.Property(x => x.Wish).HasColumnName("wish").HasConversion(Text<Wish>.To, Text<Wish>.From);
        instance.Property(x => x.Status).HasColumnName("status").HasConversion(Text<InstanceStatus>.To, Text<InstanceStatus>.From);
        instance.Property(x => x.Outcome).HasColumnName("outcome")
            .HasConversion(new ValueConverter<Outcome, string>(Text<Outcome>.To, Text<Outcome>.From));
        instance.Ignore(x => x.Resources);
        instance.Ignore(x => x.Namespace);
        instance.Ignore(x => x.IsAnswered);
        foreach (var (property, column) in Columns)
            instance.Property(property).HasColumnName(column);

        instance.HasIndex(x => x.Host).IsUnique().HasDatabaseName("instances_host_unique");
        instance.HasIndex(x => new { x.UserId, x.CreatedAt }).HasDatabaseName("instances_by_user");
        instance.HasIndex(x => x.NextAttemptAt).HasFilter("next_attempt_at IS NOT NULL").HasDatabaseName("instances_due");
    }

    private static readonly (string Property, string Column)[] Columns =
    [
        (nameof(Instance.SubscriptionId), "subscription_id"),
        (nameof(Instance.UserId), "user_id"),
        (nameof(Instance.CorrelationId), "correlation_id"),
        (nameof(Instance.Generation), "generation"),
        (nameof(Instance.CpuMillis), "cpu_millis"),
        (nameof(Instance.MemoryMib), "memory_mib"),
        (nameof(Instance.StorageGib), "storage_gib"),
        (nameof(Instance.VolumeGib), "volume_gib"),
        (nameof(Instance.Name), "name"),
        (nameof(Instance.Host), "host"),
        (nameof(Instance.PublicUrl), "public_url"),
        (nameof(Instance.HealthStatus), "health_status"),
        (nameof(Instance.PodName), "pod_name"),
        (nameof(Instance.ObservedGeneration), "observed_generation"),
        (nameof(Instance.AnsweredGeneration), "answered_generation"),
        (nameof(Instance.AnsweredAt), "answered_at"),
        (nameof(Instance.AnsweredPod), "answered_pod"),
        (nameof(Instance.FailureCode), "failure_code"),
        (nameof(Instance.FailureDetail), "failure_detail"),
        (nameof(Instance.ToldSteps), "told_steps"),
        (nameof(Instance.BrokenCode), "broken_code"),
        (nameof(Instance.BrokenSince), "broken_since"),
        (nameof(Instance.AppliedGeneration), "applied_generation"),
        (nameof(Instance.ApplyDueAt), "apply_due_at"),
        (nameof(Instance.DeploymentGeneration), "deployment_generation"),
        (nameof(Instance.VolumeUid), "volume_uid"),
        (nameof(Instance.Version), "version"),
        (nameof(Instance.DeadlineAt), "deadline_at"),
        (nameof(Instance.NextAttemptAt), "next_attempt_at"),
        (nameof(Instance.Attempts), "attempts"),
        (nameof(Instance.Lease), "lease"),
        (nameof(Instance.LeaseUntil), "lease_until"),
        (nameof(Instance.TerminationCorrelations), "termination_correlations"),
        (nameof(Instance.TerminationAskedAt), "termination_asked_at"),
        (nameof(Instance.CreatedAt), "created_at"),
        (nameof(Instance.UpdatedAt), "updated_at"),
        (nameof(Instance.ReadyAt), "ready_at"),
        (nameof(Instance.ObservedAt), "observed_at"),
        (nameof(Instance.TerminatedAt), "terminated_at"),
    ];

    private static class Text<T> where T : struct, Enum
    {
        public static readonly System.Linq.Expressions.Expression<Func<T, string>> To = state => Instance.Wire(state);
        public static readonly System.Linq.Expressions.Expression<Func<string, T>> From = text => Enum.Parse<T>(text, true);
    }
}
