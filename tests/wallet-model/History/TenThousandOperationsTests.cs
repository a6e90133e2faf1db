using System.Collections.Concurrent;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.ModelTests;

public sealed class TenThousandOperationsTests(WalletService wallet) : IClassFixture<WalletService>
{
    private const int Operations = 10_000;
    private const int Wallets = 20;
    private const int Clients = 16;
    private readonly Guid[] users = [.. Enumerable.Range(0, Wallets).Select(_ => Guid.CreateVersion7())];
    private readonly ConcurrentQueue<Command> asked = new();
    private readonly ConcurrentQueue<HoldFunds> holds = new();
    private readonly ConcurrentQueue<Command.Settle> paid = new();

    [Fact]
    public async Task After_ten_thousand_random_operations_side_by_side_the_books_balance()
    {
        var (seed, client) = (Seeds.One, new WalletClient(wallet));
        ConcurrentDictionary<string, int> answers = new();
        await Parallel.ForEachAsync(Enumerable.Range(0, Operations), new ParallelOptions { MaxDegreeOfParallelism = Clients },
            async (number, ct) =>
            {
                var command = Next(new Random(unchecked(seed + number)), number);
                var answer = await client.AskAsync(Delivery.Of(command), ct);
                answer.ShouldNotBeOfType<Answer.Wrong>($"{Seeds.Variable}={seed}, operation {number}: {command} -> {answer}");
                answers.AddOrUpdate($"{command.GetType().Name} {answer.GetType().Name}", 1, (_, count) => count + 1);
                asked.Enqueue(command);
                if (command is Command.Settle settle)
                    paid.Enqueue(settle);
            });

        var books = new Books(wallet);
        await books.ShouldBeWholeAsync();
        wallet.Clock.Advance(TimeSpan.FromHours(1));
        await Eventually.IsTrueAsync(async () =>
        {
            // One round takes no more than two hundred.
            wallet.Expiry.Begin();
            return await wallet.Expiry.OverdueAsync() == 0;
        }, TimeSpan.FromMinutes(1), "all holds that ran out are given back");
        await books.ShouldBeWholeAsync();
        (await books.PursesAsync(users)).Values.ShouldAllBe(purse => purse.Held == 0);
        // A run in which most is refused would say little; each kind of effect has to be among the answers.
        string[] wanted =
        [
            "Settle Done", "Settle NothingNew", "TakeBack Done", "Hold Held", "Hold HoldRefused", "Capture Captured",
            "Capture CaptureRefused", "Release Released", "Refund Refunded", "Refund RefundRefused", "Adjust Moved",
            "Adjust TooLittle", "Redeem Moved",
        ];
        wanted.Except(answers.Keys).ShouldBeEmpty(string.Join(", ", answers));
    }

    private Command Next(Random random, int number)
    {
        // The clock goes on and holds run out in the middle of everything; nobody waits for the round.
        if (number % 500 == 0)
        {
            wallet.Clock.Advance(TimeSpan.FromMinutes(1));
            wallet.Expiry.Begin();
        }

        var (user, amount) = (users[random.Next(Wallets)], random.Next(1, 20_000));
        return random.Next(100) switch
        {
            < 18 => new Command.Settle(Guid.CreateVersion7(), user, random.Next(10, 31) * 1_000L),
            < 40 => Hold(user, amount, random),
            < 55 when Any(holds, random) is { } hold => new Command.Capture(hold.HoldId, hold.UserId, $"period:{hold.HoldId}:1"),
            < 62 when Any(holds, random) is { } hold => new Command.Release(hold.HoldId, hold.UserId),
            < 72 when Any(holds, random) is { } hold => new Command.Refund(Guid.CreateVersion7(), hold.HoldId, hold.UserId, amount / 3 + 1),
            < 77 when Any(paid, random) is { } order =>
                new Command.TakeBack(order.Order, order.User, order.Amount * random.Next(1, 101) / 100),
            < 84 when Any(asked, random) is { } again => again,
            < 90 => new Command.Redeem(Guid.CreateVersion7(), user, amount),
            _ => new Command.Adjust(Guid.CreateVersion7(), user, amount, random.Next(2) == 0),
        };
    }

    private Command.Hold Hold(Guid user, long amount, Random random)
    {
        var item = new ChargedItem("SUBSCRIPTION", Guid.CreateVersion7(), "n8n", "n8n", "n8n Basic", "BASIC", "n8n Basic, first month");
        var until = wallet.Clock.GetUtcNow().AddSeconds(random.Next(30, 900));
        var wish = new HoldFunds(Guid.Empty, Guid.CreateVersion7(), user, Money.Idr(amount), item, until);
        holds.Enqueue(wish);
        return new(wish);
    }

    private static T? Any<T>(ConcurrentQueue<T> all, Random random) where T : class =>
        all.ToArray() is { Length: > 0 } some ? some[random.Next(some.Length)] : null;
}
