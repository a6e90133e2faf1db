using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Platform.Contracts;
using Platform.Testing;
using Platform.WalletSequences.Catalogue;
using Platform.WalletSequences.Running;

namespace Platform.WalletSequences.Playing;

/// <summary>A notification that the gateway holds until we let it go.</summary>
internal sealed record Held(Told Told, Step Step);

/// <summary>One row of the catalogue, played once: a new user, a new order.</summary>
internal sealed class Play(World world, Row row)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<Guid> known = [];

    public Guid User { get; } = Guid.CreateVersion7();
    public Guid Order { get; private set; } = Guid.CreateVersion7();
    public GatewaySimulator Gateway => world.Gateway;
    public Books Books => world.Books;

    /// <summary>Each notification is let go right after what it tells of, and has been taken before anything else happens.</summary>
    /// <param name="deliver">How, instead of simply; it gets the notification's place in the order of arrival.</param>
    public async Task AsItHappensAsync(Func<int, Held, Task>? deliver = null)
    {
        deliver ??= (_, held) => DeliverAsync(held);
        await OpenAsync();
        List<Held> late = [];
        var place = 0;
        foreach (var step in row.Steps)
        {
            foreach (var held in await ActAsync(step))
            {
                if (step.Late)
                    late.Add(held);
                else
                    await deliver(place++, held);
            }
        }

        foreach (var held in late)
            await deliver(place++, held);
    }

    /// <summary>Everything has happened at the gateway before we hear the first word of it.</summary>
    /// <param name="arrange">In which order the notifications arrive.</param>
    public async Task ToldLateAsync(Func<IReadOnlyList<Held>, IEnumerable<Held>> arrange)
    {
        await OpenAsync();
        List<Held> all = [];
        foreach (var step in row.Steps)
            all.AddRange(await ActAsync(step));
        foreach (var held in arrange(all))
            await DeliverAsync(held);
    }

    /// <summary>Lets it go, and waits until it was taken, or refused as it must be.</summary>
    public async Task DeliverAsync(Held held)
    {
        await Gateway.ReleaseAsync(held.Told.Id);
        await IsTakenAsync(held);
    }

    /// <summary>Sends it twice at the same time; the two meet different processes.</summary>
    public async Task DeliverTwiceAsync(Held held)
    {
        await Task.WhenAll(Gateway.ReleaseAsync(held.Told.Id), Gateway.ResendAsync(held.Told.Id));
        await Eventually.SeesAsync(() => LookAsync(held), told => told.Answers.Count >= 2, Patience, $"both copies of {held.Told.Status}");
        await IsTakenAsync(held);
    }

    public async Task IsTakenAsync(Held held)
    {
        var wanted = held.Step.Answer;
        var seen = await Eventually.SeesAsync(() => LookAsync(held),
            told => wanted == 200 ? told.Done || told.GivenUp : told.Answers.Any(answer => answer is not null), Patience,
            $"{held.Told.Status} after '{held.Step.Name}' to be answered {wanted}");
        seen.Answers.Where(answer => answer is not (null or 503)).Distinct().ShouldBe([wanted], $"the answers to {held.Told.Status}");
        // What we refuse is given up sooner or later, and ought to be.
        (wanted == 200 && seen.GivenUp).ShouldBeFalse($"the gateway gave up telling {held.Told.Status}: {string.Join(", ", seen.Answers)}");
    }

    /// <summary>The gateway's last word about the order comes once more.</summary>
    public async Task SendAgainAsync()
    {
        var last = (await Gateway.ToldAsync(Order))[^1];
        await Gateway.ResendAsync(last.Id);
        await Eventually.SeesAsync(async () => (await Gateway.ToldAsync(Order))[^1],
            told => told.Answers.Count > last.Answers.Count, Patience, "the repetition to arrive");
    }

    public async Task CancelAsync()
    {
        using var answer = await AsOwnerAsync(HttpMethod.Post, $"/api/wallet/transactions/{Order}/cancel", new JsonObject());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    public async Task AskAsync()
    {
        using var answer = await AsOwnerAsync(HttpMethod.Get, $"/api/wallet/transactions/{Order}/status", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The janitor comes by, finds how the payment ended, and has no reason to come again.</summary>
    public async Task JanitorLooksAsync(bool hoursLater)
    {
        if (hoursLater)
            await Books.LetTimePassAsync(Order);
        await Books.LookAgainAsync(Order);
        await Eventually.SeesAsync(() => Books.IsLookedAfterAsync(Order), again => !again, Patience, "the janitor to be done with it");
    }

    /// <summary>Buys something, from the hold to the capture, as the purchase saga does.</summary>
    public async Task SpendAsync(long amount)
    {
        var hold = new HoldFunds(
            Guid.CreateVersion7(), Guid.CreateVersion7(), User, Money.Idr(amount),
            new("SUBSCRIPTION", Guid.CreateVersion7(), "n8n", "n8n", "n8n Basic", "BASIC", "n8n Basic, first month"),
            TimeProvider.System.GetUtcNow().AddMinutes(15));
        await world.Bus.SayAsync(hold);
        await world.Bus.HearsAsync<FundsHeld>(held => held.HoldId == hold.HoldId, Patience);
        await world.Bus.SayAsync(new CaptureHold(hold.CorrelationId, hold.HoldId, $"period:{hold.Item.SubscriptionId}:1"));
        await world.Bus.HearsAsync<FundsCaptured>(captured => captured.HoldId == hold.HoldId, Patience);
    }

    /// <summary>The order stands as it must, by our books, by the gateway's, and by what the other services were told.</summary>
    public async Task ShouldEndAsync(End end)
    {
        var wanted = new Standing(end.Stage, end.Line, end.Credits, end.Reversals, end.Net, end.Debt, end.NeedsLooking);
        await Eventually.SeesAsync(() => Books.StandingAsync(Order, User), seen => seen == wanted, TimeSpan.FromSeconds(5), $"{wanted}");
        (await Gateway.NetAsync(Order)).ShouldBe(end.AtGateway ?? end.Net, "what the gateway has left of the order");
        if (end.Credits > 0)
            await world.Bus.HearsAsync<PaymentSettled>(message => message.OrderId == Order);
        if (end.Reversals > 0)
            await world.Bus.HearsAsync<PaymentReversed>(message => message.OrderId == Order);
    }

    /// <summary>What the gateway told us and was answered, and what the replicas said about the order.</summary>
    public async Task<string> DescribeAsync()
    {
        var told = await Gateway.ToldAsync(Order);
        var said = world.Fleet.Said.Where(line => line.Contains(Order.ToString(), StringComparison.Ordinal)).TakeLast(4);
        return $"order {Order}; told: {string.Join(", ", told)}{string.Concat(said.Select(line => $"\n      {line}"))}";
    }

    private async Task OpenAsync()
    {
        if (row.Elsewhere)
        {
            await Gateway.OpenElsewhereAsync(Order, Row.Amount);
        }
        else
        {
            using var answer = await AsOwnerAsync(HttpMethod.Post, "/api/wallet/topup",
                new JsonObject { ["amount"] = Row.Amount, ["paymentMethod"] = row.Pays });
            var body = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.Created, body);
            Order = (Guid)JsonNode.Parse(body)!["data"]!["transaction"]!["transactionId"]!;
        }

        await Gateway.MisbehaveAsync(Order, row.Modes);
    }

    // Waits for all notifications about the step: the second one about a refund comes when the bank has confirmed.
    private async Task<IReadOnlyList<Held>> ActAsync(Step step)
    {
        await step.Act(this);
        var told = await Eventually.SeesAsync(() => Gateway.ToldAsync(Order), all => all.Count >= known.Count + step.Tells, Patience,
            $"{step.Tells} notifications about '{step.Name}'");
        told.Count.ShouldBe(known.Count + step.Tells, $"what was told by '{step.Name}': {string.Join(", ", told)}");
        var held = told.Where(each => !known.Contains(each.Id)).Select(each => new Held(each, step)).ToList();
        known.AddRange(held.Select(each => each.Told.Id));
        return step.Lost ? [] : held;
    }

    private async Task<Told> LookAsync(Held held) => (await Gateway.ToldAsync(Order)).Single(told => told.Id == held.Told.Id);

    private async Task<HttpResponseMessage> AsOwnerAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.For(User));
        return await world.Fleet.Next().Http.SendAsync(request);
    }
}
