using System.ComponentModel.DataAnnotations;
using Platform.Hosting;

namespace Platform.Wallets;

internal sealed record WalletsSummary(
    long TotalBalance, long TotalTopUps, long TotalSpent, long AverageBalance, long AverageTopUp, long AverageSpent);

/// <param name="Summary">Over all users, whoever was looked for.</param>
internal sealed record WalletOverview(IReadOnlyList<WalletFigures> Users, WalletPages Pagination, WalletsSummary Summary);

internal sealed record WalletOverviewAnswer(WalletOverview WalletOverview);

internal static class WalletOverviewEndpoint
{
    /// <summary>More rupiah than there are; only to keep figures within what the store can compare.</summary>
    private const long Most = 1_000_000_000_000_000;

    public static void MapWalletOverview(this IEndpointRouteBuilder wallets) =>
        wallets.MapGet("/overview", List).WithName("ListWallets");

    private static async Task<IResult> List(WalletDbContext db, CancellationToken ct,
        [Range(1, 1_000_000)] int page = 1,
        [Range(1, 100)] int limit = 10,
        [AdminText(1, 100)] string? search = null,
        [AllowedValues("creditBalance", "totalTopUp", "totalSpent", "createdAt")] string sortBy = "totalSpent",
        [AllowedValues("asc", "desc")] string sortOrder = "desc",
        [Range(-Most, Most)] long? minBalance = null,
        [Range(-Most, Most)] long? maxBalance = null)
    {
        if (maxBalance < minBalance)
            return WalletRefusals.InvalidRange.ToProblem("maxBalance must not be less than minBalance.");
        var wanted = new WalletSearch(search?.Trim(), minBalance, maxBalance);
        var sums = await db.SumsAsync(ct, wanted);
        var users = await db.FiguresAsync(wanted, sortBy, sortOrder == "desc", (page - 1) * limit, limit, ct);
        return Answer.Ok(new WalletOverviewAnswer(new(
            users, WalletPages.Of(page, limit, sums.Matching),
            new(sums.Credit, sums.TopUp, sums.Spent, sums.PerUser(sums.Credit), sums.PerUser(sums.TopUp), sums.PerUser(sums.Spent)))));
    }
}
