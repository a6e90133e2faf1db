using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>How the customer wants to pay, in the words of the API.</summary>
public enum TopUpMethod
{
    BankTransfer,
    EWallet,
    CreditCard,
    Qris,
}

/// <summary>
/// Where a top-up stands with the gateway. The rank never falls: opening, then open or unknown, then closed, settled, reversed. Only
/// another payment of the same order leads from reversed to settled once more. The store refuses everything else, and remembers each step.
/// </summary>
internal enum TopUpStage
{
    /// <summary>Committed here; the gateway is being asked for a payment page.</summary>
    Opening,

    /// <summary>
    /// Asked, and no answer came. Nobody has the page's token, so nobody can pay it; the next check finds out and closes it.
    /// </summary>
    Unknown,

    /// <summary>The customer has a payment page.</summary>
    Open,

    /// <summary>Failed, run out or cancelled. Money that comes all the same is credited all the same.</summary>
    Closed,

    /// <summary>Credited. A part of it may have been taken back.</summary>
    Settled,

    /// <summary>Credited, and all of it was taken back.</summary>
    Reversed,
}

/// <summary>
/// A payment that a user began. Its order id is new for each attempt, and is the id of the transaction that the owner sees.
/// </summary>
internal sealed class TopUp
{
    /// <summary>How long the customer has to pay.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    public Guid OrderId { get; private init; }
    public Guid UserId { get; private init; }
    public Money Amount { get; private init; }
    public TopUpMethod Method { get; private init; }
    public TopUpStage Stage { get; private set; }
    public string? SnapToken { get; private set; }
    public string? RedirectUrl { get; private set; }
    public DateTimeOffset OpenedAt { get; private init; }
    public DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>When the gateway is asked again of its own accord; null when nothing can come any more.</summary>
    public DateTimeOffset? NextCheckAt { get; set; }
    public DateTimeOffset? LastCheckedAt { get; set; }

    /// <summary>When it came to where it stands.</summary>
    public DateTimeOffset StageSince { get; private set; }

    /// <summary>How often it was paid: once, and again only after all of the payment before was taken back.</summary>
    public int Payments { get; private set; }

    /// <summary>The line that the owner sees of the latest payment. The first one's has the order's own id.</summary>
    public Guid? PaidLine { get; private set; }

    /// <summary>The gateway's transaction that brought the money of the latest payment. One order may see several in turn.</summary>
    public string? SettledBy { get; private set; }

    /// <summary>The status query, re-read by us, on which the money moved.</summary>
    public Guid? SettledByEvent { get; private set; }

    /// <summary>A sentence for the owner and for support.</summary>
    public string? Note { get; private set; }

    /// <summary>True while the owner sees it as pending.</summary>
    public bool IsPending => Stage is TopUpStage.Opening or TopUpStage.Unknown or TopUpStage.Open;

    /// <summary>True once money was credited for it, whatever became of that money later.</summary>
    public bool WasPaid => Stage is TopUpStage.Settled or TopUpStage.Reversed;

    public static TopUp Begin(Guid user, Money amount, TopUpMethod method, DateTimeOffset now) => new()
    {
        OrderId = Guid.CreateVersion7(now),
        UserId = user,
        Amount = amount,
        Method = method,
        Stage = TopUpStage.Opening,
        StageSince = now,
        OpenedAt = now,
        ExpiresAt = now + Lifetime,
        NextCheckAt = CheckTimes.After(now, now),
    };

    public void Open(SnapOutcome.Opened page, DateTimeOffset now)
    {
        (SnapToken, RedirectUrl) = (page.Token, page.RedirectUrl);
        Go(TopUpStage.Open, now);
    }

    public void LoseTrack(DateTimeOffset now)
    {
        Note = "The payment gateway did not say whether it opened this payment. Nothing can be charged for it; it closes by itself.";
        Go(TopUpStage.Unknown, now);
    }

    public void Close(string note, DateTimeOffset now)
    {
        Note = note;
        Go(TopUpStage.Closed, now);
    }

    /// <param name="line">The line that the owner sees of this payment.</param>
    public void Settle(string gatewayTransaction, Guid gatewayEvent, Guid line, DateTimeOffset now)
    {
        Note = Stage switch
        {
            TopUpStage.Closed => "Paid after it was closed; credited all the same.",
            TopUpStage.Reversed => "Paid once more after the first payment was taken back.",
            TopUpStage.Opening or TopUpStage.Unknown or TopUpStage.Open or TopUpStage.Settled => Note,
        };
        (SettledBy, SettledByEvent, NextCheckAt, PaidLine, Payments) = (gatewayTransaction, gatewayEvent, null, line, Payments + 1);
        Go(TopUpStage.Settled, now);
    }

    public void Reverse(DateTimeOffset now) => Go(TopUpStage.Reversed, now);

    private void Go(TopUpStage stage, DateTimeOffset now) => (Stage, StageSince) = (stage, now);
}

internal static class TopUpMethods
{
    /// <summary>The channels that the payment page offers. Left out are those whose notifications do not carry our order id.</summary>
    public static string[] Channels(this TopUpMethod method) => method switch
    {
        TopUpMethod.BankTransfer => ["bca_va", "bni_va", "bri_va", "cimb_va", "permata_va", "echannel"],
        TopUpMethod.EWallet => ["gopay", "shopeepay"],
        TopUpMethod.CreditCard => ["credit_card"],
        TopUpMethod.Qris => ["other_qris"],
    };

    public static PaymentMethod AsPaymentMethod(this TopUpMethod method) => method switch
    {
        TopUpMethod.BankTransfer => PaymentMethod.MidtransBankTransfer,
        TopUpMethod.EWallet => PaymentMethod.MidtransEWallet,
        TopUpMethod.CreditCard => PaymentMethod.MidtransCreditCard,
        TopUpMethod.Qris => PaymentMethod.MidtransQris,
    };
}

/// <summary>When the gateway is asked about a top-up of which it says nothing: soon, then seldom, then daily for five days.</summary>
internal static class CheckTimes
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Offsets =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        // The gateway closes what has run out in batches, so the first look that may close it comes a little later.
        TopUp.Lifetime + Slack, TopUp.Lifetime + TimeSpan.FromHours(1),
        .. Enumerable.Range(1, 5).Select(day => TopUp.Lifetime + TimeSpan.FromHours(1) + TimeSpan.FromDays(day)),
    ];

    public static DateTimeOffset? After(DateTimeOffset openedAt, DateTimeOffset now) =>
        Offsets.Select(offset => (DateTimeOffset?)(openedAt + offset)).FirstOrDefault(due => due > now);

    /// <summary>
    /// When to ask next. What is still pending though its time is over has an answer that needs a person, and is asked about every hour
    /// until it has ended; what has ended is looked at for five days, in case money comes all the same.
    /// </summary>
    public static DateTimeOffset? After(TopUp topUp, bool stillPending, DateTimeOffset now)
    {
        var next = After(topUp.OpenedAt, now);
        var within = now + Hour;
        return stillPending && now >= topUp.ExpiresAt && !(next < within) ? within : next;
    }

    public static bool MayClose(TopUp topUp, DateTimeOffset now) => now >= topUp.ExpiresAt + Slack;
}

internal sealed class TopUpConfiguration : IEntityTypeConfiguration<TopUp>
{
    public void Configure(EntityTypeBuilder<TopUp> topUp)
    {
        topUp.ToTable("top_ups", table =>
        {
            table.HasCheckConstraint("top_ups_amount_in_bounds", "amount BETWEEN 10000 AND 10000000");
            table.HasCheckConstraint("top_ups_open_has_its_page",
                "stage <> 'OPEN' OR (snap_token IS NOT NULL AND redirect_url IS NOT NULL)");
            table.HasCheckConstraint("top_ups_settled_by_a_status_query",
                "(stage IN ('SETTLED', 'REVERSED')) = (settled_by IS NOT NULL AND settled_by_event IS NOT NULL)");
            table.HasCheckConstraint("top_ups_payments_are_counted",
                "(stage IN ('SETTLED', 'REVERSED')) = (payments > 0) AND (payments > 0) = (paid_line IS NOT NULL) AND payments >= 0");
        });
        topUp.HasKey(t => t.OrderId).HasName("top_ups_pkey");
        topUp.Property(t => t.OrderId).HasColumnName("order_id").ValueGeneratedNever();
        topUp.Property(t => t.UserId).HasColumnName("user_id");
        topUp.Property(t => t.Amount).HasColumnName("amount");
        topUp.Property(t => t.Method).HasColumnName("method").HasMaxLength(20);
        topUp.Property(t => t.Stage).HasColumnName("stage").HasMaxLength(20);
        topUp.Property(t => t.SnapToken).HasColumnName("snap_token");
        topUp.Property(t => t.RedirectUrl).HasColumnName("redirect_url");
        topUp.Property(t => t.OpenedAt).HasColumnName("opened_at");
        topUp.Property(t => t.ExpiresAt).HasColumnName("expires_at");
        topUp.Property(t => t.NextCheckAt).HasColumnName("next_check_at");
        topUp.Property(t => t.LastCheckedAt).HasColumnName("last_checked_at");
        topUp.Property(t => t.StageSince).HasColumnName("stage_since");
        topUp.Property(t => t.Payments).HasColumnName("payments");
        topUp.Property(t => t.PaidLine).HasColumnName("paid_line");
        topUp.Property(t => t.SettledBy).HasColumnName("settled_by");
        topUp.Property(t => t.SettledByEvent).HasColumnName("settled_by_event");
        topUp.Property(t => t.Note).HasColumnName("note");
        topUp.Ignore(t => t.IsPending);
        topUp.Ignore(t => t.WasPaid);
        topUp.HasIndex(t => t.NextCheckAt).HasFilter("next_check_at IS NOT NULL").HasDatabaseName("top_ups_due_for_a_check");
        topUp.HasIndex(t => new { t.UserId, t.OpenedAt }).HasDatabaseName("top_ups_of_user");
        topUp.HasOne<WalletTransaction>().WithOne().HasForeignKey<TopUp>(t => t.OrderId).HasConstraintName("top_ups_transaction");
        topUp.HasOne<GatewayEvent>().WithMany().HasForeignKey(t => t.SettledByEvent).HasConstraintName("top_ups_settled_by_event");
    }
}
