using Platform.WalletSequences.Catalogue;
using Platform.WalletSequences.Playing;
using Platform.WalletSequences.Running;

namespace Platform.WalletSequences;

/// <summary>The catalogue as it is, doubled, late and in every order.</summary>
public sealed class ArrivalTests(World world)
{
    private const int SideBySide = 10;

    [Fact]
    public void The_catalogue_is_whole()
    {
        Sequences.All.Count.ShouldBe(75);
        Sequences.All.Select(row => row.ToString()).ShouldBeUnique();
        Sequences.All.Sum(row => row.Notifications).ShouldBe(200);
    }

    [Fact]
    public Task Every_sequence_ends_as_it_must_as_it_is_doubled_late_and_reversed() =>
        new Plays(world).PlayAsync(Sequences.All.SelectMany(Manners), SideBySide);

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
