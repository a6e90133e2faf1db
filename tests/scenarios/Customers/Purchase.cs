using System.Text.Json.Nodes;
using Platform.Scenarios.Running;

namespace Platform.Scenarios.Customers;

/// <summary>What the owner sees of a subscription.</summary>
internal sealed record SubscriptionState(JsonNode Answer, IReadOnlyList<string> Timeline)
{
    public string Status => Answer.Text("subscription.status");
    public string Phase => Answer.Text("subscription.phase");
    public string? Reason => Answer.Find("subscription.reason")?.ToString();
    public string Instance => Answer.Text("subscription.instances.0.status");
    public string? Health => Answer.Find("subscription.instances.0.healthStatus")?.ToString();
    public string PlanId => Answer.Text("subscription.planId");

    public bool IsRunning => (Status, Phase, Instance, Health) == ("ACTIVE", "RUNNING", "RUNNING", "Healthy");
    public bool IsEnded => (Status, Phase) == ("CANCELLED", "ENDED");

    public override string ToString() => $"{Answer.ToJsonString()}{Environment.NewLine}Timeline: {string.Join(" → ", Timeline)}";
}

/// <summary>One subscription that a customer bought.</summary>
internal sealed record Purchase(RunningPlatform Platform, Customer Customer, Offer Offer, Guid Id)
{
    public async Task<SubscriptionState> LookAsync() =>
        new((await Customer.GetAsync($"subscriptions/{Id}")).Data, await TimelineAsync());

    /// <summary>The steps' codes, in their order.</summary>
    public async Task<IReadOnlyList<string>> TimelineAsync() =>
        [.. (await EntriesAsync()).Select(entry => entry.Text("step"))];

    public async Task<IReadOnlyList<JsonNode>> EntriesAsync() =>
        [.. (await Customer.GetAsync($"subscriptions/{Id}/timeline")).Data.Items("timeline")];

    public Task<SubscriptionState> IsRunningAsync() => BecomesAsync(state => state.IsRunning, "the application runs and is paid");

    public Task<SubscriptionState> IsEndedAsync() =>
        BecomesAsync(state => state.IsEnded && state.Instance == "TERMINATED", "the subscription has ended and its instance is gone");

    /// <summary>Either end that a purchase may have.</summary>
    public Task<SubscriptionState> IsDecidedAsync() =>
        BecomesAsync(state => state.IsRunning || state.IsEnded, "active and running, or cancelled and ended");

    /// <summary>Waits until the timeline tells a step.</summary>
    public Task<SubscriptionState> ReachesAsync(string step) => BecomesAsync(state => state.Timeline.Contains(step), $"the step {step}");

    public Task<SubscriptionState> BecomesAsync(Func<SubscriptionState, bool> accept, string wanted) =>
        Until.SeenAsync(LookAsync, accept, () => Platform.DescribeAsync("gateway", "subscriptions", "catalog", "wallet", "provisioner"),
            wanted: wanted);

    public async Task CancelAsync() =>
        _ = (await Customer.SendAsync(HttpMethod.Delete, $"subscriptions/{Id}", new { reason = "No longer needed." })).Data;
}
