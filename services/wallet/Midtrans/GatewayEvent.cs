using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Wallets;

internal enum GatewayEventSource
{
    /// <summary>They called us.</summary>
    Notification,

    /// <summary>We asked them: the only source that money moves on.</summary>
    StatusQuery,
}

/// <summary>What became of it. The last five wait for a person.</summary>
internal enum GatewayEventState
{
    /// <summary>Stored, not worked off yet: the gateway got no answer, or a 503, and will send it again.</summary>
    Received,
    Applied,

    /// <summary>Nothing new: a repetition, or overtaken by something later.</summary>
    Stale,

    /// <summary>The gateway's own test button.</summary>
    Test,

    /// <summary>Unreadable, or not signed by the gateway. Kept as a security event.</summary>
    Rejected,
    UnknownOrder,

    /// <summary>Order, amount, currency or merchant do not agree.</summary>
    Quarantined,

    /// <summary>Money was taken back, but how much of it the gateway does not say so that it could be posted.</summary>
    ReversalUnposted,

    /// <summary>The same order was paid a second time, in another transaction of the gateway.</summary>
    ExtraPayment,
    UnknownStatus,
}

/// <summary>
/// Every word of the gateway, as it came. Deliveries are not merged: a repetition is a row of its own, because what the first one was
/// answered may have been lost, and because a signed notification says nothing certain about the state that it claims.
/// </summary>
internal sealed class GatewayEvent
{
    /// <summary>A stranger's body is kept only so far; a signed one whole.</summary>
    private const int KeptOfStrangers = 2000;

    public Guid Id { get; private init; }
    public GatewayEventSource Source { get; private init; }
    public GatewayEventState State { get; private init; }
    public string? OrderId { get; private init; }
    public string? GatewayTransactionId { get; private init; }
    public string? Status { get; private init; }
    public string? FraudStatus { get; private init; }
    public required string Body { get; init; }
    public DateTimeOffset ReceivedAt { get; private init; }
    public DateTimeOffset? WorkedOffAt { get; private init; }

    public static GatewayEvent Notified(GatewayTransaction notification, string body, DateTimeOffset now) =>
        Of(GatewayEventSource.Notification, GatewayEventState.Received, notification, body, now);

    public static GatewayEvent Asked(GatewayAnswer.Found answer, GatewayEventState state, DateTimeOffset now) =>
        Of(GatewayEventSource.StatusQuery, state, answer.Transaction, answer.Raw, now);

    public static GatewayEvent FromStranger(string body, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Source = GatewayEventSource.Notification,
        State = GatewayEventState.Rejected,
        // The store takes every character but this one.
        Body = (body.Length <= KeptOfStrangers ? body : body[..KeptOfStrangers]).Replace('\0', ' '),
        ReceivedAt = now,
        WorkedOffAt = now,
    };

    private static GatewayEvent Of(GatewayEventSource source, GatewayEventState state, GatewayTransaction said, string body,
        DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Source = source,
        State = state,
        OrderId = said.OrderId,
        GatewayTransactionId = said.TransactionId,
        Status = Word(said.Status),
        FraudStatus = Word(said.FraudStatus),
        Body = body.Replace('\0', ' '),
        ReceivedAt = now,
        WorkedOffAt = state == GatewayEventState.Received ? null : now,
    };

    // The body has it in full; the column is for looking things up.
    private static string? Word(string? text) => text is null || GatewayTransaction.IsId(text) ? text : "?";
}

internal sealed class GatewayEventConfiguration : IEntityTypeConfiguration<GatewayEvent>
{
    public void Configure(EntityTypeBuilder<GatewayEvent> gatewayEvent)
    {
        gatewayEvent.ToTable("gateway_events");
        gatewayEvent.HasKey(e => e.Id).HasName("gateway_events_pkey");
        gatewayEvent.Property(e => e.Id).HasColumnName("id").ValueGeneratedNever();
        gatewayEvent.Property(e => e.Source).HasColumnName("source").HasMaxLength(20);
        gatewayEvent.Property(e => e.State).HasColumnName("state").HasMaxLength(30);
        gatewayEvent.Property(e => e.OrderId).HasColumnName("order_id");
        gatewayEvent.Property(e => e.GatewayTransactionId).HasColumnName("gateway_transaction_id");
        gatewayEvent.Property(e => e.Status).HasColumnName("status");
        gatewayEvent.Property(e => e.FraudStatus).HasColumnName("fraud_status");
        gatewayEvent.Property(e => e.Body).HasColumnName("body");
        gatewayEvent.Property(e => e.ReceivedAt).HasColumnName("received_at");
        gatewayEvent.Property(e => e.WorkedOffAt).HasColumnName("worked_off_at");
        gatewayEvent.HasIndex(e => e.OrderId).HasDatabaseName("gateway_events_of_order");
        gatewayEvent.HasIndex(e => e.ReceivedAt).HasFilter("state NOT IN ('APPLIED', 'STALE', 'TEST')")
            .HasDatabaseName("gateway_events_to_look_at");
        gatewayEvent.HasIndex(e => e.ReceivedAt, "to forget").HasFilter("state IN ('REJECTED', 'TEST')")
            .HasDatabaseName("gateway_events_to_forget");
    }
}
