using FsCheck.Fluent;

namespace Platform.Wallets.ModelTests;

public sealed class SequenceTests(WalletService wallet) : IClassFixture<WalletService>
{
    private const int Cases = 1_000;
    private readonly Books books = new(wallet);

    [Fact]
    public async Task Whatever_is_asked_in_whatever_order_the_wallet_answers_and_keeps_what_the_model_says()
    {
        Seeds.Check(Cases, Prop.ForAll(Sequences.Any, sequence => Task.Run(() => RunAsync(sequence)).GetAwaiter().GetResult()));
        await books.ShouldBeWholeAsync();
    }

    private async Task RunAsync(Sequence sequence)
    {
        var start = wallet.Clock.GetUtcNow();
        var (script, model, client) = (new Script(start), new WalletModel(start), new WalletClient(wallet));
        HashSet<Guid> delivered = [];
        var number = 0;
        foreach (var step in sequence.Steps)
        {
            number++;
            foreach (var delivery in script.Deliveries(step))
            {
                // The inbox knows the message; only what comes over the bus has one.
                var swallowed = !delivered.Add(delivery.MessageId)
                    && delivery.Command is Command.Hold or Command.Capture or Command.Release or Command.Refund;
                var expected = swallowed ? new Answer.Silence() : model.Apply(delivery.Command);
                (await client.AskAsync(delivery)).ShouldBe(expected, $"the answer to step {number}, {step}");
                await PursesShouldAgreeAsync(script, model, $"after step {number}, {step}");
            }
        }

        await ShouldAgreeAsync(script, model);
        await EndAsync(script, model, client);
    }

    private async Task PursesShouldAgreeAsync(Script script, WalletModel model, string when)
    {
        var purses = await books.PursesAsync(script.Owners);
        foreach (var owner in script.Owners)
            purses[owner].ShouldBe(model.PurseOf(owner), when);
    }

    private async Task ShouldAgreeAsync(Script script, WalletModel model)
    {
        (await books.ViolationsAsync([.. script.Owners])).ShouldBeEmpty();
        foreach (var owner in script.Owners)
            (await books.TotalsAsync(owner)).ShouldBe(model.TotalsOf(owner), "M8: totals");
        (await books.HoldsAsync(model.Holds.Keys.ToList())).OrderBy(hold => hold.Key)
            .ShouldBe(model.Holds.ToDictionary(hold => hold.Key, hold => hold.Value.State).OrderBy(hold => hold.Key));
    }

    // However it went, an hour later nothing is held any more.
    private async Task EndAsync(Script script, WalletModel model, WalletClient client)
    {
        foreach (var command in new Command[] { new Command.Wait(TimeSpan.FromHours(1)), new Command.ExpireRound() })
            (await client.AskAsync(Delivery.Of(command))).ShouldBe(model.Apply(command));
        await PursesShouldAgreeAsync(script, model, "an hour later");
        script.Owners.ShouldAllBe(owner => model.PurseOf(owner).Held == 0);
    }
}
