using Platform.WalletSequences.Catalogue;
using Platform.WalletSequences.Playing;
using Platform.WalletSequences.Running;

namespace Platform.WalletSequences;

/// <summary>kill -9 of the wallet at each step of each notification of the catalogue, and between any two of them.</summary>
public sealed class DyingTests(World world, ITestOutputHelper output)
{
    private const int DyingSideBySide = 4;

    /// <summary>So many at once are worked off well within the gateway's patience, also on two cores that others use.</summary>
    private const int ToldSideBySide = 12;

    /// <summary>How many there are: a catalogue that shrinks is to be noticed.</summary>
    private const int Places = 161;

    /// <summary>The others lie beyond what is refused, or is a repetition.</summary>
    private const int Deaths = 130;

    /// <summary>The steps of a notification, in their order.</summary>
    private static readonly string[] Points =
        ["notification.stored", "notification.status-read", "settlement.before-commit", "settlement.after-commit"];

    // The janitor's rows wait ten seconds for its next round, and all the others would wait with them.
    private static readonly IReadOnlyList<Row> Quick = [.. Sequences.All.Where(row => !row.WaitsForJanitor)];

    [Fact]
    public void No_place_is_left_out() => Cases().Count.ShouldBe(Places);

    [Fact]
    public async Task Every_sequence_survives_a_kill_between_any_two_of_its_notifications()
    {
        WalletReplica? victim = null;
        var killed = await InLockstepAsync("killed between any two notifications", async () =>
        {
            if (victim is not null)
                await victim.KillAsync();
            world.Door.Everybody = victim = await world.Fleet.TakeAsync(CancellationToken.None);
        });
        killed.ShouldBeGreaterThanOrEqualTo(Quick.Max(row => row.Notifications));
    }

    /// <summary>
    /// All orders at once are given their next notification, and when some of them have arrived, the replica that has them all is killed,
    /// wherever each of them is.
    /// </summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public async Task Every_sequence_survives_a_kill_in_the_midst_of_all_others(double part)
    {
        await InLockstepAsync($"killed when {part:P0} had arrived", async () =>
        {
            var (victim, arrived) = (await world.Fleet.TakeAsync(CancellationToken.None), 0);
            var fatal = Math.Max(1, (int)(Quick.Count * part));
            world.Door.Arrived = replica =>
            {
                if (replica == victim && Interlocked.Increment(ref arrived) == fatal)
                    _ = victim.KillAsync();
            };
            world.Door.Everybody = victim;
        });
    }

    [Fact]
    public async Task Every_sequence_survives_a_kill_at_each_step_of_each_notification()
    {
        var (plays, cases, deaths) = (new Plays(world), Cases(), 0);
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = DyingSideBySide }, (dying, _) =>
            new(plays.PlayAsync(new($"killed at {dying.Point} of notification {dying.Place + 1}", dying.Row, dying.Row.End,
                play => play.AsItHappensAsync(async (place, held) =>
                {
                    if (place != dying.Place)
                        await play.DeliverAsync(held);
                    else if (await DiesAsync(play, held, dying.Point))
                        Interlocked.Increment(ref deaths);
                })))));
        output.WriteLine($"{cases.Count} places, {deaths} deaths");
        await plays.ShouldHaveGoneWellAsync(cases.Count);
        deaths.ShouldBeGreaterThanOrEqualTo(Deaths);
    }

    /// <summary>
    /// A death costs the start of a process, so not every step dies in every row: what is told for the first time dies at all steps, in
    /// another situation or another channel at one, each time another. The kill in the midst of all meets every notification of every row.
    /// </summary>
    private static List<(Row Row, int Place, string Point)> Cases()
    {
        HashSet<string> kinds = [];
        HashSet<string> situations = [];
        List<(Row, int, string)> cases = [];
        foreach (var (number, row) in Quick.Index())
        {
            for (var place = 0; place < row.Deliveries.Count; place++)
            {
                var newSituation = situations.Add(row.SituationOf(place));
                if (kinds.Add(row.Deliveries[place].Kind))
                    cases.AddRange(Points.Select(point => (row, place, point)));
                else if (newSituation || row.Channel is not null)
                    cases.Add((row, place, Points[(number + place) % Points.Length]));
            }
        }

        return cases;
    }

    // True when a replica died of it; what does not come by the place is simply taken.
    private async Task<bool> DiesAsync(Play play, Held held, string point)
    {
        var victim = await world.Fleet.TakeAsync(CancellationToken.None);
        victim.Arm(point);
        world.Door.Route(play.Order, victim);
        try
        {
            await play.DeliverAsync(held);
        }
        finally
        {
            world.Door.Unroute(play.Order);
        }

        if (!victim.IsAlive)
            return true;
        victim.Disarm();
        await world.Fleet.GiveBackAsync(victim);
        return false;
    }

    private async Task<int> InLockstepAsync(string manner, Func<Task> between)
    {
        var plays = new Plays(world);
        var lockstep = new Lockstep(Quick.Count, between);
        using var turns = new SemaphoreSlim(ToldSideBySide);
        try
        {
            await Task.WhenAll(Quick.Select(row => plays.PlayAsync(new(manner, row, row.End, async play =>
            {
                try
                {
                    await play.AsItHappensAsync(async (_, held) =>
                    {
                        await lockstep.ArriveAsync();
                        await turns.WaitAsync();
                        try
                        {
                            await play.DeliverAsync(held);
                        }
                        finally
                        {
                            turns.Release();
                        }
                    });
                }
                finally
                {
                    lockstep.Leave();
                }
            }))));
        }
        finally
        {
            (world.Door.Everybody, world.Door.Arrived) = (null, null);
        }

        await plays.ShouldHaveGoneWellAsync(Quick.Count);
        return lockstep.Rounds;
    }
}
