using Microsoft.EntityFrameworkCore;

namespace Platform.Wallets;

/// <summary>Asks the gateway how a top-up stands and applies the answer: for the owner who asks, and for the janitor.</summary>
internal sealed partial class TopUpCheck(WalletDbContext db, MidtransClient midtrans, Settlement settlement, TimeProvider clock,
    ILogger<TopUpCheck> log)
{
    private static readonly TopUpStage[] PendingStages = [TopUpStage.Opening, TopUpStage.Unknown, TopUpStage.Open];
    private static readonly TimeSpan WhenUnavailable = TimeSpan.FromMinutes(5);

    /// <returns>What the gateway said in the end.</returns>
    public async Task<GatewayAnswer> RunAsync(TopUp topUp, CancellationToken ct)
    {
        var answer = await AskAsync(topUp, ct);
        if (answer is GatewayAnswer.Found found)
            await settlement.ApplyAsync(new GatewayWord(topUp.OrderId, found), ct);
        else if (answer is GatewayAnswer.NotFound)
            await CloseIfNothingCanComeAsync(topUp, ct);
        else
            NotAnswered(log, topUp.OrderId, answer);

        var now = clock.GetUtcNow();
        var (next, ifPending) = (CheckTimes.After(topUp, stillPending: false, now), CheckTimes.After(topUp, stillPending: true, now));
        if (answer is GatewayAnswer.Unavailable)
        {
            var soon = now + WhenUnavailable;
            (next, ifPending) = (next < soon ? next : soon, ifPending < soon ? ifPending : soon);
        }

        // Only where another check is still wanted: what was settled or ruled out meanwhile has none.
        await db.TopUps.Where(t => t.OrderId == topUp.OrderId && t.NextCheckAt != null).ExecuteUpdateAsync(set => set
            .SetProperty(t => t.NextCheckAt, t => PendingStages.Contains(t.Stage) ? ifPending : next)
            .SetProperty(t => t.LastCheckedAt, answer is GatewayAnswer.Unavailable ? topUp.LastCheckedAt : now), ct);
        return answer;
    }

    // A payment that still waits after its time is ended at the gateway first, and looked at again: it may be paid in this very moment.
    private async Task<GatewayAnswer> AskAsync(TopUp topUp, CancellationToken ct)
    {
        var answer = await midtrans.StatusAsync(topUp.OrderId.ToString(), ct);
        if (answer is not GatewayAnswer.Found { Transaction: var said } || said.Verdict() != PaymentVerdict.Waiting
            || !CheckTimes.MayClose(topUp, clock.GetUtcNow()))
            return answer;
        await midtrans.ExpireAsync(topUp.OrderId, ct);
        return await midtrans.StatusAsync(topUp.OrderId.ToString(), ct);
    }

    // The gateway knows of no transaction: no method was chosen. That is final when nobody ever got the page's token, or its time is over.
    private async Task CloseIfNothingCanComeAsync(TopUp topUp, CancellationToken ct)
    {
        var note = topUp.Stage is TopUpStage.Opening or TopUpStage.Unknown ? "The payment gateway did not open this payment."
            : CheckTimes.MayClose(topUp, clock.GetUtcNow()) ? "The time to pay ran out."
            : null;
        if (note is not null)
            await settlement.CloseAsync(topUp.OrderId, TransactionStatus.Failed, note, nothingCanCome: true, ct);
    }

    [LoggerMessage(LogLevel.Warning, "The gateway did not say how top-up {OrderId} stands: {Answer}")]
    private static partial void NotAnswered(ILogger log, Guid orderId, GatewayAnswer answer);
}
