using Platform.Contracts;
using Platform.Subscriptions.Pricing;

namespace Platform.Subscriptions.Life;

/// <summary>
/// What the wire shows (api.md §1.7). ACTIVE from the moment that the funds are held, so that the frontend stays on the page.
/// </summary>
internal enum SubscriptionStatus
{
    PendingPayment,
    Active,
    Suspended,
    Cancelled,
    Expired,
    PendingUpgrade,
}

/// <summary>
/// Where the subscription really is. It is also the lock between the user's wishes: each wish is accepted in some phases only,
/// is decided under the row's lock, and moves the phase in the same transaction.
/// </summary>
internal enum SubscriptionPhase
{
    /// <summary>Seat and funds are being asked for.</summary>
    Pending,
    Provisioning,

    /// <summary>The instance runs; seat and money are being made final. Nothing can be cancelled until that is answered.</summary>
    Capturing,
    Running,
    Upgrading,

    /// <summary>Being taken down, whether by the user or because it did not come up.</summary>
    Ending,
    Ended,
}

/// <summary>One user's subscription to one plan of one service.</summary>
internal sealed class Subscription
{
    private Subscription()
    {
    }

    public Guid Id { get; private init; }
    public Guid UserId { get; private init; }
    public Guid ServiceId { get; private init; }
    public Guid PlanId { get; private set; }
    public SubscriptionStatus Status { get; private set; }
    public SubscriptionPhase Phase { get; private set; }

    /// <summary>Why it ended, or why the last upgrade did not happen; a code of product.md §3.10.</summary>
    public string? Reason { get; private set; }

    /// <summary>List price of one period, pinned for this subscription.</summary>
    public Money MonthlyPrice { get; private set; }

    /// <summary>The instant from which all periods are counted; moves when the first money is captured.</summary>
    public DateTimeOffset Anchor { get; private set; }
    public int PeriodNumber { get; private set; }
    public DateTimeOffset PeriodStart { get; private set; }
    public DateTimeOffset PeriodEnd { get; private set; }
    public DateTimeOffset? LastBilledAt { get; private set; }
    public Money? LastChargeAmount { get; private set; }
    public int FailedCharges { get; private set; }
    public Guid? PreviousPlanId { get; private set; }
    public DateTimeOffset? UpgradedAt { get; private set; }
    public bool AutoRenew { get; private set; }
    public DateTimeOffset? GracePeriodEnd { get; private set; }
    public Guid InstanceId { get; private init; }

    /// <summary>Counts the wishes for the instance; see ProvisionInstance.</summary>
    public long Generation { get; private set; }

    /// <summary>The seat that this subscription holds.</summary>
    public Guid ReservationId { get; private set; }
    public Guid HoldId { get; private init; }
    public int TimelineLength { get; private set; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    public BillingPeriod Period => new(PeriodStart, PeriodEnd);

    public static Subscription Request(Guid user, Guid service, Guid plan, Money price, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = user,
        ServiceId = service,
        PlanId = plan,
        Status = SubscriptionStatus.PendingPayment,
        Phase = SubscriptionPhase.Pending,
        MonthlyPrice = price,
        // Provisional until the capture; the frontend shows an end date from the first answer on.
        Anchor = now,
        PeriodStart = now,
        PeriodEnd = BillingPeriod.Of(now, 0).End,
        AutoRenew = true,
        InstanceId = Guid.CreateVersion7(now),
        Generation = 1,
        ReservationId = Guid.CreateVersion7(now),
        HoldId = Guid.CreateVersion7(now),
        CreatedAt = now,
        UpdatedAt = now,
    };

    public void FundsAreHeld(DateTimeOffset now)
    {
        Status = SubscriptionStatus.Active;
        Move(SubscriptionPhase.Provisioning, now);
    }

    /// <returns>False when the owner has cancelled meanwhile: then nothing may be captured any more.</returns>
    public bool BeginCapture(DateTimeOffset now)
    {
        if (Phase is not SubscriptionPhase.Provisioning)
            return false;
        Move(SubscriptionPhase.Capturing, now);
        return true;
    }

    /// <summary>The first period is paid; it starts at the capture (product.md §5).</summary>
    public void Activate(Money charged, DateTimeOffset capturedAt)
    {
        Anchor = capturedAt;
        PeriodNumber = 1;
        (PeriodStart, PeriodEnd) = BillingPeriod.Of(capturedAt, 0);
        LastBilledAt = capturedAt;
        LastChargeAmount = charged;
        Move(SubscriptionPhase.Running, capturedAt);
    }

    public void BeginUpgrade(DateTimeOffset now)
    {
        Reason = null;
        Move(SubscriptionPhase.Upgrading, now);
    }

    public long NextGeneration() => ++Generation;

    /// <summary>The number of the entry that is written together with the new row; later ones are given under the row's lock.</summary>
    public int FirstTimelineNumber() => TimelineLength = 1;

    /// <summary>
    /// The bigger size is live and paid. Period dates stay, unless the old plan was free: then the paid period starts now (P7).
    /// </summary>
    public void CompleteUpgrade(Guid plan, Money price, Guid reservation, Money charged, DateTimeOffset capturedAt)
    {
        if (MonthlyPrice == Money.Zero)
        {
            Anchor = capturedAt;
            PeriodNumber++;
            (PeriodStart, PeriodEnd) = BillingPeriod.Of(capturedAt, 0);
        }

        PreviousPlanId = PlanId;
        PlanId = plan;
        MonthlyPrice = price;
        ReservationId = reservation;
        LastChargeAmount = charged;
        LastBilledAt = capturedAt;
        UpgradedAt = capturedAt;
        Move(SubscriptionPhase.Running, capturedAt);
    }

    public void AbandonUpgrade(string reason, DateTimeOffset now)
    {
        Reason = reason;
        Move(SubscriptionPhase.Running, now);
    }

    /// <summary>From here on nothing can be charged for this subscription.</summary>
    public void BeginEnd(string reason, DateTimeOffset now)
    {
        Status = SubscriptionStatus.Cancelled;
        Reason ??= reason;
        AutoRenew = false;
        EndedAt ??= now;
        Move(SubscriptionPhase.Ending, now);
    }

    public void End(DateTimeOffset now) => Move(SubscriptionPhase.Ended, now);

    private void Move(SubscriptionPhase phase, DateTimeOffset now)
    {
        Phase = phase;
        UpdatedAt = now;
    }
}
