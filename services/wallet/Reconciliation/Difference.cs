using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>How the gateway's books and ours differ about one order.</summary>
internal enum DifferenceKind
{
    /// <summary>The gateway has been paid and we have not credited it.</summary>
    MissedSettlement,

    /// <summary>The gateway has been paid another amount than the order's, so we credit nothing.</summary>
    AmountDiffers,

    /// <summary>The order was paid more than once, and is credited once.</summary>
    ExtraPayment,

    /// <summary>The gateway has given money back, and we have not taken it back.</summary>
    MissedReversal,

    /// <summary>We have taken back more than the gateway has given back.</summary>
    UnfoundedReversal,

    /// <summary>We have credited an order of which the gateway knows nothing.</summary>
    NotAtGateway,

    /// <summary>The gateway's answer does not say how much it has.</summary>
    Unclear,
}

/// <summary>
/// A disagreement about one order, from the run that saw it first to the one that saw it gone. At most one is open per order.
/// </summary>
internal sealed class Difference
{
    public Guid Id { get; private init; }
    public Guid OrderId { get; private init; }
    public DifferenceKind Kind { get; private set; }
    public Money GatewaySettled { get; private set; }
    public Money GatewayReversed { get; private set; }
    public Money LedgerCredited { get; private set; }
    public Money LedgerReversed { get; private set; }

    /// <summary>A sentence for support.</summary>
    public required string Detail { get; set; }
    public DateTimeOffset FirstSeenAt { get; private init; }

    /// <summary>When a run found both sides in agreement; null while it is open.</summary>
    public DateTimeOffset? ResolvedAt { get; private set; }

    public static Difference Of(Guid order, DifferenceKind kind, GatewayFigures gateway, LedgerFigures ledger, DateTimeOffset now)
    {
        var difference = new Difference { Id = Guid.CreateVersion7(now), OrderId = order, Detail = "", FirstSeenAt = now };
        difference.Show(kind, gateway, ledger);
        return difference;
    }

    public void Show(DifferenceKind kind, GatewayFigures gateway, LedgerFigures ledger)
    {
        Kind = kind;
        (GatewaySettled, GatewayReversed) = (gateway.Settled, gateway.Reversed);
        (LedgerCredited, LedgerReversed) = (ledger.Credited, ledger.Reversed);
        Detail = $"{Sentence(kind)} {gateway.Describe()}";
    }

    public void Resolve(DateTimeOffset now) => ResolvedAt = now;

    private static string Sentence(DifferenceKind kind) => kind switch
    {
        DifferenceKind.MissedSettlement => "The gateway was paid, and the wallet was not credited.",
        DifferenceKind.AmountDiffers => "The gateway was paid another amount than the order's.",
        DifferenceKind.ExtraPayment => "The gateway was paid more than once for this order.",
        DifferenceKind.MissedReversal => "The gateway has less than was credited, and nothing was taken back for it.",
        DifferenceKind.UnfoundedReversal => "More was taken back from the wallet than the gateway has given back.",
        DifferenceKind.NotAtGateway => "The wallet was credited, and the gateway knows of no payment.",
        DifferenceKind.Unclear => "The gateway's answer does not say how much it has.",
    };
}

internal sealed class DifferenceConfiguration : IEntityTypeConfiguration<Difference>
{
    public void Configure(EntityTypeBuilder<Difference> difference)
    {
        difference.ToTable("reconciliation_differences");
        difference.HasKey(d => d.Id).HasName("reconciliation_differences_pkey");
        difference.Property(d => d.Id).HasColumnName("id").ValueGeneratedNever();
        difference.Property(d => d.OrderId).HasColumnName("order_id");
        difference.Property(d => d.Kind).HasColumnName("kind").HasMaxLength(30);
        difference.Property(d => d.GatewaySettled).HasColumnName("gateway_settled");
        difference.Property(d => d.GatewayReversed).HasColumnName("gateway_reversed");
        difference.Property(d => d.LedgerCredited).HasColumnName("ledger_credited");
        difference.Property(d => d.LedgerReversed).HasColumnName("ledger_reversed");
        difference.Property(d => d.Detail).HasColumnName("detail");
        difference.Property(d => d.FirstSeenAt).HasColumnName("first_seen_at");
        difference.Property(d => d.ResolvedAt).HasColumnName("resolved_at");
        difference.HasIndex(d => d.OrderId).IsUnique().HasFilter("resolved_at IS NULL")
            .HasDatabaseName("reconciliation_differences_one_open_per_order");
        difference.HasIndex(d => d.FirstSeenAt).HasDatabaseName("reconciliation_differences_first_seen");
        difference.HasOne<TopUp>().WithMany().HasForeignKey(d => d.OrderId).HasConstraintName("reconciliation_differences_top_up");
    }
}
