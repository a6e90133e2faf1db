using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Wallets;

/// <summary>What a request to top up leads to before the gateway is asked.</summary>
internal abstract record Opening
{
    private Opening()
    {
    }

    /// <summary>A new row is committed; the gateway is to be asked for its page.</summary>
    public sealed record New(TopUp TopUp) : Opening;

    /// <summary>The same was asked a moment ago: the answer is that of the first request.</summary>
    public sealed record Same(Guid OrderId) : Opening;

    public sealed record TooMany : Opening;
}

/// <summary>
/// Opens top-ups. The row is committed before the gateway is called and no transaction is open during the call, so that a crash at any
/// point leaves a row that the janitor finds, and a slow gateway holds no lock and no connection.
/// </summary>
internal sealed class OpeningTopUps(WalletDbContext db, MidtransClient midtrans, IOptions<MidtransOptions> options, FaultPoints faults,
    TimeProvider clock)
{
    public const int MostPending = 5;
    private static readonly TimeSpan SameWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Finds the top-up that this request repeats, or makes a new one. Requests of one user take turns here.</summary>
    public async Task<Opening> BeginAsync(HttpContext http, Guid user, Money amount, TopUpMethod method, CancellationToken ct)
    {
        // With an Idempotency-Key a transaction is already open, for the key and the effect together.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('top-ups of ' || {user}::text, 0))", ct);

        var now = clock.GetUtcNow();
        if (await SameRequestAsync(http, user, amount, method, now, ct) is { } same)
        {
            await CommitAsync(http, own, same);
            return new Opening.Same(same);
        }

        if (await db.TopUps.CountAsync(t => t.UserId == user && PendingStages.Contains(t.Stage), ct) >= MostPending)
            return new Opening.TooMany();

        var topUp = TopUp.Begin(user, amount, method, now);
        var balances = await db.BalancesOfAsync(user, ct);
        db.TopUps.Add(topUp);
        db.Transactions.Add(WalletTransaction.OfTopUp(await db.NextTransactionNumberAsync(ct), topUp, balances.Total, now));
        await db.SaveChangesAsync(ct);
        await CommitAsync(http, own, topUp.OrderId);
        faults.Hit("top-up.committed");
        return new Opening.New(topUp);
    }

    /// <summary>Asks the gateway for the page and writes down what came of it.</summary>
    public async Task<SnapOutcome> AskGatewayAsync(TopUp topUp, CancellationToken ct)
    {
        var customer = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == topUp.UserId, ct);
        // From here on the caller may go away: the gateway has been asked, and what it says must be kept.
        var outcome = await midtrans.OpenPaymentAsync(SnapRequest.For(topUp, customer, options.Value.FinishUrl), CancellationToken.None);
        faults.Hit("top-up.page-asked-for");
        if (outcome is SnapOutcome.Unknown { Answered: true } && await NobodyCanPayAsync(topUp))
            outcome = new SnapOutcome.Refused("the gateway does not know the order");
        await RecordAsync(topUp.OrderId, outcome);
        return outcome;
    }

    /// <summary>
    /// Waits until the request that came first has its answer, at most a little longer than a call to the gateway may take.
    /// </summary>
    public async Task<TopUp> OpenedAsync(Guid orderId, CancellationToken ct)
    {
        // Real time on purpose: what is waited for is another request's network call.
        var (began, patience) = (TimeProvider.System.GetTimestamp(), options.Value.CallTimeout * 2);
        using var timer = new PeriodicTimer(Look, TimeProvider.System);
        while (true)
        {
            var topUp = await db.TopUps.AsNoTracking().SingleAsync(t => t.OrderId == orderId, ct);
            if (topUp.Stage != TopUpStage.Opening || TimeProvider.System.GetElapsedTime(began) > patience)
                return topUp;
            await timer.WaitForNextTickAsync(ct);
        }
    }

    private static readonly TopUpStage[] PendingStages = [TopUpStage.Opening, TopUpStage.Unknown, TopUpStage.Open];

    // A request whose page never came is not repeated but tried anew, under a new order id: nobody has the token of the old one, so at
    // most one of the two can be paid.
    private async Task<Guid?> SameRequestAsync(HttpContext http, Guid user, Money amount, TopUpMethod method, DateTimeOffset now,
        CancellationToken ct)
    {
        if (Guid.TryParse(http.EarlierEffect(), out var earlier)
            && await db.TopUps.AnyAsync(t =>
                t.OrderId == earlier && t.UserId == user && (t.SnapToken != null || t.Stage == TopUpStage.Opening), ct))
            return earlier;
        var since = now - SameWithin;
        return await db.TopUps
            .Where(t => t.UserId == user && t.Amount == amount && t.Method == method && t.OpenedAt > since
                && (t.Stage == TopUpStage.Opening || t.Stage == TopUpStage.Open))
            .OrderByDescending(t => t.OpenedAt).Select(t => (Guid?)t.OrderId).FirstOrDefaultAsync(ct);
    }

    private static Task CommitAsync(HttpContext http, IDbContextTransaction? own, Guid effect) =>
        own?.CommitAsync() ?? http.CommitEffectAsync(effect.ToString());

    // After a 5xx the page may exist all the same, though nobody has its token. Once the gateway says that it knows of no payment, the row
    // can fail at once. After a call that was cut off it may still be at work; that is left to the janitor.
    private async Task<bool> NobodyCanPayAsync(TopUp topUp) =>
        await midtrans.StatusAsync(topUp.OrderId.ToString(), CancellationToken.None) is GatewayAnswer.NotFound;

    private async Task RecordAsync(Guid orderId, SnapOutcome outcome)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var topUp = await db.TopUps.FromSql($"SELECT * FROM wallet.top_ups WHERE order_id = {orderId} FOR UPDATE").SingleAsync();
        // The janitor may have been faster and have closed it.
        if (topUp.Stage != TopUpStage.Opening)
            return;
        if (outcome is SnapOutcome.Opened page)
        {
            topUp.Open(page, clock.GetUtcNow());
        }
        else if (outcome is SnapOutcome.Unknown)
        {
            topUp.LoseTrack(clock.GetUtcNow());
        }
        else
        {
            topUp.Close("The payment gateway did not open this payment.", clock.GetUtcNow());
            topUp.NextCheckAt = null;
            (await db.Transactions.SingleAsync(t => t.Id == orderId)).Close(TransactionStatus.Failed, clock.GetUtcNow());
        }

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
