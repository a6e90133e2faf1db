using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>
/// Does what the gateway does by itself. The timer is set inside the lock of the change that made it necessary: whoever has seen
/// the change can move the clock and rely on the timer being there.
/// </summary>
internal sealed class Clockwork : IHostedService, IDisposable
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromDays(1);

    private readonly Gateway gateway;
    private readonly Lifecycle lifecycle;
    private readonly Dispatcher dispatcher;
    private readonly ITimer timer;

    public Clockwork(Gateway gateway, Lifecycle lifecycle, Dispatcher dispatcher, TimeProvider clock)
    {
        (this.gateway, this.lifecycle, this.dispatcher) = (gateway, lifecycle, dispatcher);
        timer = clock.CreateTimer(_ => RunDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        gateway.Changed += Plan;
        gateway.Read(_ =>
        {
            Plan();
            return true;
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        gateway.Read(_ =>
        {
            gateway.Changed -= Plan;
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return true;
        });
        await dispatcher.DrainAsync();
    }

    public void Dispose() => timer.Dispose();

    private void Plan()
    {
        var nap = Timeout.InfiniteTimeSpan;
        if (gateway.Agenda.NextAt is { } next)
        {
            var wait = next - gateway.Now();
            nap = wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestNap ? wait : LongestNap;
        }

        timer.Change(nap, Timeout.InfiniteTimeSpan);
    }

    private void RunDue() => gateway.Note(state =>
    {
        while (gateway.Agenda.TryTake(gateway.Now(), out var work))
        {
            Run(state, work);
        }

        return true;
    });

    private void Run(GatewayState state, DueWork work)
    {
        var now = gateway.Now();
        switch (work)
        {
            case DueWork.Deliver(var id) when state.Deliveries.TryGetValue(id, out var delivery)
                && delivery is { State: DeliveryState.Waiting, InFlight: false } && delivery.DueAt <= now && !WaitsFor(state, delivery):
                dispatcher.Start(delivery, state.NotificationsById[delivery.NotificationId].Body);
                break;
            case DueWork.Deliver:
                break;
            default:
                // Unlike the start of a delivery this is something that a merchant can ask about: it has to be saved first.
                gateway.Change(_ => RunStep(state, work, now));
                break;
        }
    }

    private bool RunStep(GatewayState state, DueWork work, DateTimeOffset now)
    {
        switch (work)
        {
            case DueWork.Expire(var id) when state.Transactions.TryGetValue(id, out var transaction)
                && transaction.Status is TransactionStatus.Pending or TransactionStatus.Authorize && transaction.ExpiresAt <= now:
                lifecycle.Move(state, transaction, TransactionStatus.Expire);
                break;
            case DueWork.CardStep(var id) when state.Transactions.TryGetValue(id, out var transaction) && transaction.NextStepAt <= now:
                TakeCardStep(state, transaction);
                break;
            case DueWork.ConfirmRefund(var id, var refundId) when state.Transactions.TryGetValue(id, out var transaction)
                && transaction.Refunds.Find(refund => refund.Id == refundId) is { } refund && refund.ConfirmAt <= now:
                lifecycle.Confirm(state, transaction, refund);
                break;
        }

        return true;
    }

    private void TakeCardStep(GatewayState state, Transaction transaction)
    {
        switch (transaction.NextStep)
        {
            case NextStep.SettleCapture:
                lifecycle.Move(state, transaction, TransactionStatus.Settlement);
                break;
            case NextStep.GiveUpChallenge:
                lifecycle.Move(state, transaction, TransactionStatus.Cancel);
                break;
            case NextStep.AcceptCard:
                lifecycle.DecideCard(state, transaction, CardOutcome.Accept);
                break;
        }
    }

    private static bool WaitsFor(GatewayState state, Delivery delivery) => delivery.After is { } first
        && state.Deliveries.TryGetValue(first, out var before) && before is { State: DeliveryState.Waiting, Attempts.Count: 0 };
}
