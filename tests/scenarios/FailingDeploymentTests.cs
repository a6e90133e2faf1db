using System.Net;
using Platform.Scenarios.Customers;
using Platform.Scenarios.Running;

namespace Platform.Scenarios;

/// <summary>Applications that do not come up: everything is undone by itself, and nothing was charged.</summary>
public sealed class FailingDeploymentTests(RunningPlatform platform)
{
    private const long Credit = 200_000;
    private static readonly string[] Undoing = ["FUNDS_RELEASED", "SEAT_RELEASED", "INSTANCE_DELETED"];

    [Theory]
    [InlineData("image-missing", "FAILED", "IMAGE_UNAVAILABLE")]
    [InlineData("crash-loop", "FAILED", "CRASH_LOOP")]
    [InlineData("never-ready", null, null)]
    public async Task What_never_gets_ready_is_undone_and_not_charged(string behaviour, string? step, string? code)
    {
        using var customer = await platform.Shoppers.NewAsync(Credit);
        var seats = await SeatsAsync();
        var rule = await platform.Cluster.MakePodsAsync(customer.Id, behaviour);
        try
        {
            var purchase = await customer.BuyAsync(platform.Offers["n8n-automation/BASIC"]);
            var ended = await purchase.IsEndedAsync();

            ended.Reason.ShouldBe("PROVISIONING_FAILED");
            ended.Instance.ShouldBe("TERMINATED");
            // Whose deadline comes first, the provisioner's or the purchase's own, is a matter of milliseconds.
            await TellsTheUndoingAsync(purchase, step is null ? ["FAILED", "OVERDUE"] : [step], code);
            (await customer.WalletAsync()).ShouldBe(new Wallet(Credit, Credit, 0));
            (await platform.Cluster.ContentAsync(customer.Id)).ShouldBeEmpty();
            await platform.Books.AreCleanAsync();
            (await SeatsAsync()).ShouldBe(seats);
        }
        finally
        {
            await platform.Cluster.HealPodsAsync(rule);
        }
    }

    [Fact]
    public async Task A_purchase_that_is_cancelled_while_it_is_deployed_is_undone_and_can_be_made_again()
    {
        using var customer = await platform.Shoppers.NewAsync(Credit);
        var offer = platform.Offers["n8n-automation/BASIC"];
        var rule = await platform.Cluster.MakePodsAsync(customer.Id, "hold");
        try
        {
            var purchase = await customer.BuyAsync(offer);
            await purchase.ReachesAsync("POD_SCHEDULED");
            await purchase.CancelAsync();
            var ended = await purchase.IsEndedAsync();
            ended.Reason.ShouldBe("USER");
            await TellsTheUndoingAsync(purchase, ["CANCEL_REQUESTED"], code: null);
        }
        finally
        {
            await platform.Cluster.HealPodsAsync(rule);
        }

        (await customer.WalletAsync()).ShouldBe(new Wallet(Credit, Credit, 0));
        (await platform.Cluster.ContentAsync(customer.Id)).ShouldBeEmpty();
        await platform.Books.AreCleanAsync();

        await (await customer.BuyAsync(offer)).IsRunningAsync();
        (await customer.WalletAsync()).ShouldBe(new Wallet(Credit - offer.Price, Credit - offer.Price, 0));
        await platform.Books.AreCleanAsync();
    }

    [Fact]
    public async Task A_purchase_waits_while_the_cluster_is_away_and_runs_when_it_is_back()
    {
        using var customer = await platform.Shoppers.NewAsync(Credit);
        const string cluster = "kubernetes-simulator";
        await platform[cluster].KillAsync(CancellationToken.None);
        Purchase purchase;
        try
        {
            var answer = await customer.SubscribeAsync(platform.Offers["n8n-automation/BASIC"]);
            answer.Status.ShouldBe((int)HttpStatusCode.Created, answer.Text);
            purchase = new(platform, customer, platform.Offers["n8n-automation/BASIC"], Guid.Parse(answer.Data.Text("subscription.id")));
            var waiting = await purchase.ReachesAsync("DEPLOYING");
            waiting.Status.ShouldBe("ACTIVE");
            waiting.Instance.ShouldBeOneOf("PENDING", "PROVISIONING");
            // The provisioner has tried, and the wish is still there.
            await purchase.BecomesAsync(state => state.Instance == "PROVISIONING", "an instance on its way");
            (await customer.WalletAsync()).Held.ShouldBe(purchase.Offer.Price);
        }
        finally
        {
            await platform.ReviveAsync(cluster);
        }

        await purchase.IsRunningAsync();
        await platform.Books.AreCleanAsync();
    }

    /// <summary>
    /// The cause, then the compensations in whatever order their owners answered, then the end; nothing that belongs to a success.
    /// </summary>
    private static async Task TellsTheUndoingAsync(Purchase purchase, IReadOnlyList<string> causes, string? code)
    {
        var entries = await purchase.EntriesAsync();
        var steps = entries.Select(entry => entry.Text("step")).ToList();
        var story = string.Join(" → ", steps);
        var cause = steps.FindIndex(causes.Contains);
        cause.ShouldBeGreaterThan(steps.IndexOf("DEPLOYING"), story);
        if (code is not null)
        {
            entries[cause].Text("detail").ShouldContain(code);
        }

        var undone = steps.Skip(cause + 1).Where(step => step is "COMPENSATING" or "CANCELLED" || Undoing.Contains(step)).ToList();
        undone.First().ShouldBe("COMPENSATING", story);
        undone.Skip(1).Take(3).Order().ShouldBe(Undoing.Order(), story);
        undone.Skip(4).ShouldBe(["CANCELLED"], story);
        steps[^1].ShouldBe("CANCELLED", story);
        steps.ShouldNotContain("FUNDS_CAPTURED", story);
        steps.ShouldNotContain("ACTIVE", story);
        entries.Select(entry => entry.Number("number")).ShouldBe(Enumerable.Range(1, steps.Count).Select(number => (long)number), story);
    }

    private async Task<long> SeatsAsync()
    {
        await using var db = Npgsql.NpgsqlDataSource.Create(platform.Database);
        await using var command = db.CreateCommand("SELECT sum(used_quota)::bigint FROM catalog.plans");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
