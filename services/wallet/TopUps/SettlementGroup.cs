namespace Platform.Wallets;

/// <summary>
/// Notifications come in bursts: what the gateway has answered about several of them is applied in one transaction.
/// </summary>
internal sealed class SettlementGroup
{
    private const int MostTogether = 64;

    private readonly IServiceScopeFactory scopes;
    private readonly CommitLane<GatewayWord, GatewayEventState> lane;

    public SettlementGroup(IServiceScopeFactory scopes, ILogger<SettlementGroup> log)
    {
        this.scopes = scopes;
        lane = new(MostTogether, ApplyAsync, log);
    }

    /// <returns>What became of the gateway's word.</returns>
    public Task<GatewayEventState> ApplyAsync(GatewayWord word, CancellationToken ct) => lane.DoAsync(word, ct);

    private async Task<IReadOnlyList<GatewayEventState>> ApplyAsync(IReadOnlyList<GatewayWord> words)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Settlement>().ApplyAsync(words, CancellationToken.None);
    }
}
