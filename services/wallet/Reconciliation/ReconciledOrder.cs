using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

internal enum OrderState
{
    /// <summary>The gateway has what we credited, no more and no less.</summary>
    Agreed,
    Different,

    /// <summary>The gateway did not answer, so nothing is known and nothing was moved.</summary>
    Unanswered,
}

/// <summary>What the last look at an order showed, on both sides.</summary>
internal sealed class ReconciledOrder
{
    public Guid OrderId { get; init; }
    public OrderState State { get; private set; }

    /// <summary>What the gateway has received for the order, and what it has given back of that.</summary>
    public Money GatewaySettled { get; private set; }
    public Money GatewayReversed { get; private set; }

    /// <summary>What we have credited, and what we have taken back.</summary>
    public Money LedgerCredited { get; private set; }
    public Money LedgerReversed { get; private set; }
    public DateTimeOffset CheckedAt { get; private set; }

    /// <summary>The last time both sides agreed; what needed a person before that has been settled.</summary>
    public DateTimeOffset? AgreedAt { get; private set; }

    public void Saw(GatewayFigures gateway, LedgerFigures ledger, bool agrees, DateTimeOffset now)
    {
        State = agrees ? OrderState.Agreed : OrderState.Different;
        (GatewaySettled, GatewayReversed) = (gateway.Settled, gateway.Reversed);
        (LedgerCredited, LedgerReversed) = (ledger.Credited, ledger.Reversed);
        CheckedAt = now;
        AgreedAt = agrees ? now : null;
    }

    // The figures of the last answer stay: they are older, not wrong.
    public void SawNothing(LedgerFigures ledger, DateTimeOffset now) =>
        (State, LedgerCredited, LedgerReversed, CheckedAt) = (OrderState.Unanswered, ledger.Credited, ledger.Reversed, now);
}

internal sealed class ReconciledOrderConfiguration : IEntityTypeConfiguration<ReconciledOrder>
{
    public void Configure(EntityTypeBuilder<ReconciledOrder> order)
    {
        order.ToTable("reconciled_orders", table =>
        {
            table.HasCheckConstraint("reconciled_orders_state_known", "state IN ('AGREED', 'DIFFERENT', 'UNANSWERED')");
            table.HasCheckConstraint("reconciled_orders_agreed_agree",
                "state <> 'AGREED' OR gateway_settled - gateway_reversed = ledger_credited - ledger_reversed");
        });
        order.HasKey(o => o.OrderId).HasName("reconciled_orders_pkey");
        order.Property(o => o.OrderId).HasColumnName("order_id").ValueGeneratedNever();
        order.Property(o => o.State).HasColumnName("state").HasMaxLength(20);
        order.Property(o => o.GatewaySettled).HasColumnName("gateway_settled");
        order.Property(o => o.GatewayReversed).HasColumnName("gateway_reversed");
        order.Property(o => o.LedgerCredited).HasColumnName("ledger_credited");
        order.Property(o => o.LedgerReversed).HasColumnName("ledger_reversed");
        order.Property(o => o.CheckedAt).HasColumnName("checked_at");
        order.Property(o => o.AgreedAt).HasColumnName("agreed_at");
        order.HasOne<TopUp>().WithOne().HasForeignKey<ReconciledOrder>(o => o.OrderId).HasConstraintName("reconciled_orders_top_up");
    }
}
