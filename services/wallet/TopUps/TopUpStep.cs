using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Wallets;

/// <summary>
/// One step in the life of a top-up. The store writes it itself with each change of the stage (<see cref="TopUpGuards"/>), so that no
/// program can move a top-up without leaving a trace; nothing here writes to it.
/// </summary>
internal sealed class TopUpStep
{
    public long Number { get; init; }
    public Guid OrderId { get; init; }

    /// <summary>Which payment of the order it belongs to; zero before the first.</summary>
    public int Payment { get; init; }
    public TopUpStage Stage { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>The status query on which it was credited.</summary>
    public Guid? GatewayEventId { get; init; }
}

internal sealed class TopUpStepConfiguration : IEntityTypeConfiguration<TopUpStep>
{
    public void Configure(EntityTypeBuilder<TopUpStep> step)
    {
        step.ToTable("top_up_history");
        step.HasKey(s => s.Number).HasName("top_up_history_pkey");
        step.Property(s => s.Number).HasColumnName("number").UseIdentityAlwaysColumn();
        step.Property(s => s.OrderId).HasColumnName("order_id");
        step.Property(s => s.Payment).HasColumnName("payment");
        step.Property(s => s.Stage).HasColumnName("stage").HasMaxLength(20);
        step.Property(s => s.At).HasColumnName("at");
        step.Property(s => s.GatewayEventId).HasColumnName("gateway_event");
        step.HasIndex(s => new { s.OrderId, s.Number }).HasDatabaseName("top_up_history_of_order");
    }
}
