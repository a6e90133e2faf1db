using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>One asking of a command; a repetition has the same id when it is the same message, and another when it is asked anew.</summary>
/// <param name="Copies">How often the broker delivers it at the same moment.</param>
internal sealed record Delivery(Command Command, Guid MessageId, int Copies = 1)
{
    /// <summary>Comes back in the answer, which tells the answers to two deliveries apart.</summary>
    public Guid CorrelationId => MessageId;

    public static Delivery Of(Command command) => new(command, Guid.CreateVersion7());
}

/// <summary>Puts commands to the real wallet the way production does, and reads what it says about them.</summary>
internal sealed class WalletClient(WalletService wallet)
{
    private readonly ConcurrentDictionary<Guid, int> heard = new();
    private readonly ConcurrentDictionary<Guid, FundsCaptured> charges = new();
    private readonly OrdersOfTheGateway orders = new(wallet);
    private readonly ConcurrentDictionary<Guid, long> numbers = new();

    /// <summary>The last row that was there before this client's first message, so that the growing table need not be searched.</summary>
    private readonly Lazy<Task<long>> outboxBefore = new(() => wallet.AskAsync<long>("SELECT coalesce(max(id), 0) FROM wallet.outbox"));

    /// <summary>The transaction that the owner sees of a captured hold; a name that nobody knows when there is none.</summary>
    public Guid ChargeOf(Guid hold) => charges.TryGetValue(hold, out var charge) ? charge.TransactionId : hold;

    /// <summary>The number for people that was drawn for an adjustment or a captured hold, when it is known.</summary>
    public long? NumberOf(Command command) => command switch
    {
        Command.Adjust adjust when numbers.TryGetValue(adjust.Id, out var number) => number,
        Command.Capture capture when charges.TryGetValue(capture.HoldId, out var charge) =>
            long.Parse(charge.CustomId[WalletTransaction.NumberPrefix.Length..], CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The order that the wallet opened for a top-up.</summary>
    public Guid OrderOf(Guid name) => orders.OrderOf(name);

    public async Task<Answer> AskAsync(Delivery delivery, CancellationToken ct = default) => delivery.Command switch
    {
        Command.Settle settle => await orders.SettleAsync(settle),
        Command.TakeBack takeBack => await orders.TakeBackAsync(takeBack),
        Command.Hold hold => await SayAsync(delivery, hold.Wish with { CorrelationId = delivery.CorrelationId }),
        Command.Capture capture => await SayAsync(delivery, new CaptureHold(delivery.CorrelationId, capture.HoldId, capture.Key)),
        Command.Release release => await SayAsync(delivery, new ReleaseHold(delivery.CorrelationId, release.HoldId, "called off")),
        Command.Refund refund => await SayAsync(delivery, new RefundCharge(delivery.CorrelationId, refund.RefundId,
            ChargeOf(refund.HoldId), refund.User, Money.Idr(refund.Amount), "asked for")),
        Command.Adjust adjust => await AdjustAsync(adjust, ct),
        Command.Redeem redeem => await RedeemAsync(redeem),
        Command.Wait wait => Pass(wait.Time),
        Command.ExpireRound => await wallet.Expiry.RunAsync() ? new Answer.Done() : new Answer.Wrong("Holds that ran out stay open."),
        _ => throw new InvalidOperationException($"Nobody knows how to ask {delivery.Command}."),
    };

    private Answer.Done Pass(TimeSpan time)
    {
        wallet.Clock.Advance(time);
        return new();
    }

    private async Task<Answer> AdjustAsync(Command.Adjust adjust, CancellationToken ct)
    {
        var posting = Posting.Adjustment(adjust.Id, adjust.User, Money.Idr(adjust.Amount), adjust.Adds);
        await wallet.KnowAsync(adjust.User);
        var decided = await wallet.GroupCommit.PostAsync(posting, _ => GroupRows.None, ct);
        numbers[adjust.Id] = decided.Number;
        return Of(decided.Outcome);
    }

    private async Task<Answer> RedeemAsync(Command.Redeem redeem) => Of(await wallet.InTransactionAsync((services, _) =>
        services.GetRequiredService<Ledger>().PostAsync(
            Posting.Coupon(redeem.Redemption, redeem.User, Money.Idr(redeem.Amount)), CancellationToken.None)));

    private static Answer Of(PostingOutcome outcome) => outcome switch
    {
        PostingOutcome.Posted(var before, var after) => new Answer.Moved(Purse.Of(before), Purse.Of(after)),
        PostingOutcome.Short(var balances) => new Answer.TooLittle(Purse.Of(balances)),
        PostingOutcome.Repeated => new Answer.NothingNew(),
        _ => new Answer.Wrong($"An outcome that nobody knows: {outcome.GetType().Name}."),
    };

    private async Task<Answer> SayAsync<T>(Delivery delivery, T message) where T : class
    {
        var floor = await outboxBefore.Value;
        await Task.WhenAll(Enumerable.Range(0, delivery.Copies).Select(_ => wallet.DeliverAsync(message, delivery.MessageId)));
        var said = await SaidAsync(floor, delivery.CorrelationId);
        var before = heard.GetValueOrDefault(delivery.CorrelationId);
        heard[delivery.CorrelationId] = said.Count;
        return (said.Count - before) switch
        {
            0 => new Answer.Silence(),
            1 => Read(said[^1]),
            var many => new Answer.Wrong($"{many} answers to one message."),
        };
    }

    private async Task<List<(string Name, string Body)>> SaidAsync(long floor, Guid correlation)
    {
        await using var connection = new NpgsqlConnection(wallet.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT destination, body FROM wallet.outbox WHERE id > @floor AND order_key = @correlation ORDER BY id", connection)
        {
            Parameters = { new NpgsqlParameter<long>("floor", floor), new NpgsqlParameter<Guid>("correlation", correlation) },
        };
        await using var reader = await command.ExecuteReaderAsync();
        List<(string, string)> said = [];
        while (await reader.ReadAsync())
            said.Add((reader.GetString(0).Split('?')[0].Split('/', ':')[^1], reader.GetString(1)));
        return said;
    }

    private Answer Read((string Name, string Body) said)
    {
        return said.Name switch
        {
            nameof(FundsHeld) => new Answer.Held(Content<FundsHeld>().Amount.Rupiah),
            nameof(FundsRefused) when Content<FundsRefused>() is var no =>
                new Answer.HoldRefused(no.Code, no.Available.Rupiah, no.Required.Rupiah),
            nameof(FundsCaptured) => Remember(Content<FundsCaptured>()),
            nameof(CaptureRefused) => new Answer.CaptureRefused(Content<CaptureRefused>().Code),
            nameof(HoldReleased) => new Answer.Released(),
            nameof(FundsRefunded) => new Answer.Refunded(Content<FundsRefunded>().Amount.Rupiah),
            nameof(RefundRefused) when Content<RefundRefused>() is var no => new Answer.RefundRefused(no.Code, no.Refundable.Rupiah),
            _ => new Answer.Wrong($"Nobody expects {said.Name}."),
        };

        T Content<T>()
        {
            using var envelope = JsonDocument.Parse(said.Body);
            return envelope.RootElement.GetProperty("message").Deserialize<T>(JsonSerializerOptions.Web)!;
        }
    }

    // Every later word about a charge names the same transaction, number and time as the first.
    private Answer Remember(FundsCaptured said)
    {
        var first = charges.GetOrAdd(said.HoldId, said);
        return first with { CorrelationId = said.CorrelationId } == said
            ? new Answer.Captured(said.HoldId, said.Amount.Rupiah)
            : new Answer.Wrong($"The charge {first} is told otherwise later: {said}.");
    }
}
