using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.State;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>Every change of a transaction's status: legal or not, what it means for the money, and who is told.</summary>
internal sealed class Lifecycle(Gateway gateway, Announcer announcer, SimulatorOptions options)
{
    /// <summary>How long after its request a refund is confirmed by the bank, before the time scale.</summary>
    public static readonly TimeSpan BankConfirmation = TimeSpan.FromMinutes(10);

    /// <summary>How long an authorisation waits for its capture.</summary>
    private static readonly TimeSpan AuthorizationLife = TimeSpan.FromDays(8);

    private static readonly TimeSpan LateAcceptance = TimeSpan.FromSeconds(60);

    /// <returns>False when the state machine does not allow it; nothing has happened then.</returns>
    public bool Move(GatewayState state, Transaction transaction, TransactionStatus to, string? fraudStatus = null, string? reason = null)
    {
        if (!transaction.Status.MayBecome(to))
        {
            return false;
        }

        var now = gateway.Now();
        var wasPaid = transaction.IsPaid;
        transaction.Status = to;
        transaction.FraudStatus = fraudStatus ?? transaction.FraudStatus;
        transaction.NextStep = null;
        transaction.NextStepAt = null;
        switch (to)
        {
            case TransactionStatus.Settlement:
                transaction.SettledAt = now;
                CountAsPaid(state, transaction, "settlement");
                state.Movements.Add(Movement(transaction, MovementKind.Settled, transaction.GrossAmount, "settlement"));
                break;
            case TransactionStatus.Capture:
                ScheduleCapture(state, transaction);
                break;
            case TransactionStatus.Deny or TransactionStatus.Cancel when wasPaid:
                state.Movements.Add(Movement(transaction, MovementKind.Reversed, transaction.GrossAmount, reason ?? to.Wire()));
                break;
        }

        Tell(state, transaction);
        return true;
    }

    /// <summary>Tells what a new transaction starts as.</summary>
    public void Begin(GatewayState state, Transaction transaction) => Tell(state, transaction);

    /// <summary>The merchant accepts a challenged capture: only then does it count as paid.</summary>
    public bool Approve(GatewayState state, Transaction transaction)
    {
        if (!transaction.IsChallenged)
        {
            return false;
        }

        transaction.FraudStatus = "accept";
        ScheduleCapture(state, transaction);
        Tell(state, transaction);
        return true;
    }

    /// <summary>Fraud detection changes its mind about a capture that it let pass.</summary>
    public bool Challenge(GatewayState state, Transaction transaction)
    {
        if (transaction is not { Status: TransactionStatus.Capture, FraudStatus: "accept" })
        {
            return false;
        }

        state.Movements.Add(Movement(transaction, MovementKind.Reversed, transaction.GrossAmount, "challenge"));
        transaction.PaidAt = null;
        transaction.FraudStatus = "challenge";
        ScheduleCapture(state, transaction);
        Tell(state, transaction);
        return true;
    }

    /// <summary>What the bank and fraud detection say to a card, after 3DS where that was asked for.</summary>
    public void DecideCard(GatewayState state, Transaction transaction, CardOutcome outcome, string? reason = null)
    {
        CardAnswers.Write(transaction, outcome, reason);
        switch (outcome)
        {
            case CardOutcome.Accept when transaction.Card!.AuthorizeOnly:
                transaction.ExpiresAt = gateway.Now() + AuthorizationLife;
                Move(state, transaction, TransactionStatus.Authorize, "accept");
                break;
            case CardOutcome.Accept:
                Move(state, transaction, TransactionStatus.Capture, "accept");
                break;
            case CardOutcome.Challenge:
                Move(state, transaction, TransactionStatus.Capture, "challenge");
                break;
            case CardOutcome.DeniedByBank:
                Move(state, transaction, TransactionStatus.Deny, "accept");
                break;
            case CardOutcome.DeniedByFraudDetection:
                Move(state, transaction, TransactionStatus.Deny, "deny");
                break;
            case CardOutcome.AcceptedLater:
                transaction.ExpiresAt = null;
                transaction.NextStep = NextStep.AcceptCard;
                transaction.NextStepAt = gateway.Now() + options.Scaled(LateAcceptance);
                gateway.Schedule(transaction);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No card ends like this.");
        }
    }

    /// <summary>Gives money back; the caller has checked that it may. A second notification follows when the bank confirms.</summary>
    public Refund GiveBack(GatewayState state, Transaction transaction, long amount, string? key, string? reason, bool chargeback)
    {
        var now = gateway.Now();
        var id = ++state.Sequence;
        var refund = new Refund
        {
            Id = id,
            Amount = amount,
            Key = key ?? Guid.CreateVersion7(now).ToString(),
            CreatedAt = now,
            Reason = reason,
            IsChargeback = chargeback,
            ConfirmAt = chargeback ? null : now + options.Scaled(BankConfirmation),
        };
        transaction.Refunds.Add(refund);
        var all = transaction.RefundedAmount == transaction.GrossAmount;
        transaction.Status = chargeback
            ? all ? TransactionStatus.Chargeback : TransactionStatus.PartialChargeback
            : all ? TransactionStatus.Refund : TransactionStatus.PartialRefund;
        state.Movements.Add(Movement(transaction, MovementKind.Reversed, amount, chargeback ? "chargeback" : "refund"));
        Tell(state, transaction);
        return refund;
    }

    public void Confirm(GatewayState state, Transaction transaction, Refund refund)
    {
        refund.ConfirmAt = null;
        refund.BankConfirmedAt = gateway.Now();
        Tell(state, transaction);
    }

    private void CountAsPaid(GatewayState state, Transaction transaction, string reason)
    {
        if (transaction.PaidAt is null)
        {
            transaction.PaidAt = gateway.Now();
            state.Movements.Add(Movement(transaction, MovementKind.Paid, transaction.GrossAmount, reason));
        }
    }

    private void ScheduleCapture(GatewayState state, Transaction transaction)
    {
        var now = gateway.Now();
        if (transaction.FraudStatus != "challenge")
        {
            CountAsPaid(state, transaction, "capture");
        }

        transaction.NextStep = transaction.FraudStatus == "challenge" ? NextStep.GiveUpChallenge : NextStep.SettleCapture;
        transaction.NextStepAt = now + options.Scaled(Wib.NextDayAtFour(now) - now);
    }

    private void Tell(GatewayState state, Transaction transaction)
    {
        transaction.History.Add(new StatusChange(gateway.Now(), transaction.Status, transaction.FraudStatus));
        gateway.Schedule(transaction);
        announcer.Announce(state, transaction);
    }

    private MoneyMovement Movement(Transaction transaction, MovementKind kind, long amount, string reason) =>
        new(gateway.Now(), transaction.OrderId, transaction.Id, kind, amount, reason);
}
