using System.Diagnostics;
using Npgsql;
using Platform.Scenarios.Customers;
using Platform.Scenarios.Running;

namespace Platform.Scenarios;

/// <summary>
/// kill -9 of every process at every step of a purchase. Whatever dies where: the purchase ends active and paid once, or cancelled and
/// not paid, and the books are clean.
/// </summary>
public sealed class CrashTests(RunningPlatform platform, ITestOutputHelper output)
{
    private const string Broker = "rabbitmq";
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    /// <summary>Who takes part, what each consumes and what each sends.</summary>
    private static readonly (string Service, string[] Consumes, string[] Sends)[] Parts =
    [
        ("catalog", ["ReserveSeat", "ConfirmSeat"], ["SeatReserved", "SeatConfirmed"]),
        ("wallet", ["HoldFunds", "CaptureHold"], ["FundsHeld", "FundsCaptured"]),
        ("subscriptions", ["PurchaseRequested", "SeatReserved", "FundsHeld", "InstanceReady", "SeatConfirmed", "FundsCaptured"],
            ["PurchaseRequested", "ReserveSeat", "HoldFunds", "ProvisionInstance", "ConfirmSeat", "CaptureHold"]),
        ("provisioner", ["ProvisionInstance"], ["InstanceReady"]),
    ];

    public static TheoryData<string, string> FaultPoints => new(
        from part in Parts
        from point in part.Consumes
            .SelectMany(message => new[] { $"{message}.received", $"{message}.before-commit", $"{message}.after-commit" })
            .Concat(part.Sends.SelectMany(message => new[] { $"dispatch.{message}.before-send", $"dispatch.{message}.after-send" }))
        select (part.Service, point));

    /// <summary>Processes without fault points, and the timeline's step that calls for the kill.</summary>
    public static TheoryData<string, string> Moments => new(
        new[] { ("identity", "REQUESTED"), ("identity", "DEPLOYING"), ("gateway", "REQUESTED"), ("gateway", "DEPLOYING") }
            .Concat(new[] { "REQUESTED", "SEAT_RESERVED", "DEPLOYING", "READY" }.Select(step => (Broker, step))));

    public static TheoryData<string> Everybody => ["identity", "catalog", "wallet", "subscriptions", "provisioner", "gateway", Broker];

    /// <summary>In the order in which they are made.</summary>
    public static TheoryData<string> Applied =>
        ["namespaces", "networkpolicies", "resourcequotas", "secrets", "persistentvolumeclaims", "deployments", "services", "ingresses"];

    [Theory]
    [MemberData(nameof(FaultPoints))]
    public async Task A_purchase_survives_a_kill_at_a_fault_point(string process, string point)
    {
        var start = Stopwatch.GetTimestamp();
        var (customer, offer) = await platform.Shoppers.NextAsync();
        platform.Faults.Arm(process, point);
        try
        {
            var buying = customer.BuyAsync(offer);
            await Until.SeenAsync(
                () => Task.FromResult(!platform[process].IsRunning && platform.Faults.WasHit(process, point)), dead => dead,
                () => platform.DescribeAsync("gateway", process, "subscriptions"), wanted: $"{process} to reach {point}");
            await platform.ReviveAsync(process);
            await EndsWellAsync(await buying, start);
        }
        finally
        {
            platform.Faults.Disarm(process, point);
            await platform.ReviveAsync(process);
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_purchase_survives_a_kill_when_the_timeline_shows(string process, string step)
    {
        var start = Stopwatch.GetTimestamp();
        var (customer, offer) = await platform.Shoppers.NextAsync();
        var buying = customer.BuyAsync(offer);
        await ShowsAsync(customer, offer, step);
        await platform.KillAndRestartAsync(process);
        await EndsWellAsync(await buying, start);
    }

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task A_purchase_survives_a_kill_while_its_pod_starts(string process)
    {
        var start = Stopwatch.GetTimestamp();
        var (customer, offer) = await platform.Shoppers.NextAsync();
        var rule = await platform.Cluster.MakePodsAsync(customer.Id, "hold");
        try
        {
            var buying = customer.BuyAsync(offer);
            await ShowsAsync(customer, offer, "POD_SCHEDULED");
            await platform.KillAndRestartAsync(process);
            await platform.Cluster.HealPodsAsync(rule);
            await EndsWellAsync(await buying, start);
        }
        finally
        {
            await platform.Cluster.HealPodsAsync(rule);
        }
    }

    [Theory]
    [MemberData(nameof(Applied))]
    public async Task A_purchase_survives_a_kill_of_the_provisioner_while_it_applies(string resource)
    {
        var start = Stopwatch.GetTimestamp();
        var (customer, offer) = await platform.Shoppers.NextAsync();
        var rule = await platform.Cluster.DelayAsync(customer.Id, resource, LongEnough);
        try
        {
            var buying = customer.BuyAsync(offer);
            await Until.SeenAsync(() => platform.Cluster.HasTakenAsync(rule), taken => taken,
                () => platform.DescribeAsync("provisioner", "subscriptions"), wanted: $"the provisioner to apply {resource}");
            await platform.KillAndRestartAsync("provisioner");
            await EndsWellAsync(await buying, start);
        }
        finally
        {
            await platform.Cluster.ForgetDelayAsync(rule);
        }
    }

    private async Task EndsWellAsync(Purchase purchase, long start)
    {
        var end = await purchase.IsDecidedAsync();
        await platform.Books.AreCleanAsync();
        if (end.IsRunning)
        {
            end.Timeline.Count(step => step == "FUNDS_CAPTURED").ShouldBe(1);
        }

        output.WriteLine($"{end.Status} ({end.Reason ?? "paid"}) after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
    }

    /// <summary>Read from the table: the API may be what is being killed, and takes longer than a step lasts.</summary>
    private async Task ShowsAsync(Customer customer, Offer offer, string step)
    {
        await using var db = NpgsqlDataSource.Create(platform.Database);
        await Until.SeenAsync(async () =>
        {
            await using var command = db.CreateCommand("""
                SELECT count(*) FROM subscriptions.timeline t JOIN subscriptions.subscriptions s ON s.id = t.subscription_id
                WHERE s.user_id = $1 AND s.plan_id = $2 AND t.step = $3
                """);
            command.Parameters.AddWithValue(customer.Id);
            command.Parameters.AddWithValue(offer.PlanId);
            command.Parameters.AddWithValue(step);
            return (long)(await command.ExecuteScalarAsync())!;
        }, shown => shown == 1, () => platform.DescribeAsync("gateway", "subscriptions", "provisioner"), wanted: $"the step {step}");
    }
}
