using Platform.Testing;
using Platform.WalletSequences.Catalogue;
using Platform.WalletSequences.Playing;
using Platform.WalletSequences.Running;

namespace Platform.WalletSequences;

/// <summary>The catalogue as it is, doubled, late and in every order.</summary>
public sealed class ArrivalTests(World world)
{
    private const int SideBySide = 10;
    private const int Orders = 150;

    /// <summary>Of those with four notifications: one for each way in which transactions, or states of one, follow each other.</summary>
    private static readonly string[] InAllOrders =
    [
        "denied, paid in a new transaction", "two transactions of one order, both paid", "captured, challenged after all, rejected",
        "refunded",
    ];

    [Fact]
    public void The_catalogue_is_whole()
    {
        Sequences.All.Count.ShouldBe(76);
        Sequences.All.Select(row => row.ToString()).ShouldBeUnique();
        Sequences.All.Sum(row => row.Notifications).ShouldBe(227);
    }

    [Fact]
    public Task Every_sequence_ends_as_it_must_as_it_is_doubled_late_and_reversed() =>
        new Plays(world).PlayAsync(Sequences.All.SelectMany(Manners), SideBySide);

    /// <summary>Once everything has happened, it does not matter in which order we hear of it.</summary>
    [Fact]
    public Task Every_order_of_arrival_ends_alike()
    {
        var performances = Sequences.All
            .Where(row => row is { WaitsForJanitor: false, NeedsCreditMeanwhile: false, Channel: null })
            .Where(row => row.Notifications == 3 || InAllOrders.Contains(row.Name))
            .SelectMany(row => Permutations(row.Notifications).Select(order => new Performance(
                $"told in the order {string.Join(" ", order)}", row, row.WhenToldLate ?? row.End,
                play => play.ToldLateAsync(all => order.Select(place => all[place])))))
            .ToList();
        performances.Count.ShouldBe(Orders);
        return new Plays(world).PlayAsync(performances, SideBySide);
    }

    /// <summary>The dashboard's test button names an order that nobody knows, and shows a failure unless it is answered 200.</summary>
    [Fact]
    public async Task The_gateways_test_notification_is_taken_and_changes_nothing()
    {
        var order = await world.Gateway.SendTestNotificationAsync();

        var told = await Eventually.SeesAsync(async () => (await world.Gateway.ToldAsync(order)).Single(), told => told.Answers.Count > 0);

        told.Answers.ShouldBe([200]);
        (await world.Books.BrokenPromisesAsync()).ShouldBeEmpty();
    }

    private static IEnumerable<int[]> Permutations(int count) => count == 0
        ? [[]]
        : Permutations(count - 1).SelectMany(shorter => Enumerable.Range(0, count).Select(place =>
            (int[])[.. shorter[..place], count - 1, .. shorter[place..]]));

    private static IEnumerable<Performance> Manners(Row row)
    {
        yield return new("as it happens", row, row.End, play => play.AsItHappensAsync());
        yield return new("each notification twice at once", row, row.End, play => play.AsItHappensAsync((_, held) =>
            held.Step.Answer == 200 ? play.DeliverTwiceAsync(held) : play.DeliverAsync(held)));
        if (row.NeedsCreditMeanwhile)
            yield break;
        var end = row.WhenToldLate ?? row.End;
        yield return new("told late", row, end, play => play.ToldLateAsync(all => all));
        yield return new("told late and backwards", row, end, play => play.ToldLateAsync(all => all.Reverse()));
    }
}
