using System.Collections.Concurrent;
using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// Several clients that do what they like with a few wallets at the same time. A seed decides what each does, chance when.
/// </summary>
internal sealed class ConcurrentRun(WalletService wallet, int seed)
{
    private static readonly TimeSpan HoldTime = TimeSpan.FromDays(1);
    private readonly ConcurrentQueue<Command> asked = new();
    private readonly ConcurrentQueue<(Guid Id, Guid User)> holds = new();
    private readonly ConcurrentQueue<Command.Settle> paid = new();
    private Guid[] users = [];
    private Recorder? recorder;

    public async Task<History> RunAsync()
    {
        var random = new Random(seed);
        users = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Guid.CreateVersion7())];
        recorder = new(wallet, new(wallet), users);
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Enumerable.Range(1, random.Next(2, 5)).Select(client =>
        {
            var (own, steps) = (new Random(random.Next()), random.Next(3, 9));
            return Task.Run(async () =>
            {
                await start.Task;
                for (var step = 0; step < steps; step++)
                    await StepAsync(client, own);
            });
        }).ToArray();
        start.SetResult();
        await Task.WhenAll(clients);
        var history = await recorder.EndAsync();
        recorder.Wrong.ShouldBeEmpty();
        return history;
    }

    private async Task StepAsync(int client, Random random)
    {
        var user = users[random.Next(users.Length)];
        var (choice, amount) = (random.Next(100), random.Next(1, 15_000));
        switch (choice)
        {
            case < 20:
                var settle = new Command.Settle(Guid.CreateVersion7(), user, random.Next(10, 31) * 1_000L);
                if (await AskAsync(client, settle, random))
                    paid.Enqueue(settle);
                break;
            case < 42:
                var wish = Wish(user, amount);
                holds.Enqueue((wish.Wish.HoldId, user));
                await AskAsync(client, wish, random);
                break;
            case < 62 when Any(holds, random) is { Id: var id, User: var owner } && id != Guid.Empty:
                await AskAsync(client, random.Next(3) == 0
                    ? new Command.Release(id, owner) : new Command.Capture(id, owner, $"period:{id}:1"), random);
                break;
            case < 68 when Any(paid, random) is { } order:
                await AskAsync(client, new Command.TakeBack(order.Order, order.User, order.Amount), random);
                break;
            case < 76 when Any(asked, random) is { } again:
                await AskAsync(client, again, random);
                break;
            case < 84:
                await recorder!.ReadAsync(client);
                break;
            case < 90:
                await AskAsync(client, new Command.Redeem(Guid.CreateVersion7(), user, amount), random);
                break;
            default:
                await AskAsync(client, new Command.Adjust(Guid.CreateVersion7(), user, amount, random.Next(2) == 0), random);
                break;
        }
    }

    private async Task<bool> AskAsync(int client, Command command, Random random)
    {
        asked.Enqueue(command);
        // Some deliveries come twice at once; some who wait for an adjustment give up.
        var delivery = Delivery.Of(command) with { Copies = random.Next(6) == 0 ? 2 : 1 };
        if (command is not Command.Adjust || random.Next(4) != 0)
            return await recorder!.CallAsync(client, delivery);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(3)));
        return await recorder!.CallAsync(client, delivery, patience.Token);
    }

    private Command.Hold Wish(Guid user, long amount)
    {
        var id = Guid.CreateVersion7();
        recorder!.Announce(id, amount);
        var item = new ChargedItem("SUBSCRIPTION", Guid.CreateVersion7(), "n8n", "n8n", "n8n Basic", "BASIC", "n8n Basic, first month");
        return new(new(Guid.Empty, id, user, Money.Idr(amount), item, wallet.Clock.GetUtcNow() + HoldTime));
    }

    private static T? Any<T>(ConcurrentQueue<T> all, Random random) =>
        all.ToArray() is { Length: > 0 } some ? some[random.Next(some.Length)] : default;
}
