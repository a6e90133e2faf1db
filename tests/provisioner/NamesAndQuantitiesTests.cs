using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Manifests;
using Platform.Provisioner.Reconcile;

namespace Platform.Provisioner.Tests;

public sealed class NamesAndQuantitiesTests
{
    private static readonly Guid Id = Guid.Parse("0198f000-1111-7222-8333-444455556666");

    [Theory]
    [InlineData("0", 0)]
    [InlineData("183456789n", 184)]
    [InlineData("183456u", 184)]
    [InlineData("250m", 250)]
    [InlineData("2", 2000)]
    [InlineData("1.5", 1500)]
    [InlineData("0.1", 100)]
    [InlineData("1e3", 1_000_000)]
    [InlineData("1e-3", 1)]
    [InlineData("12E2", 1_200_000)]
    [InlineData("+3", 3000)]
    [InlineData("1n", 1)]
    public void Processor_shares_are_read_exactly_and_rounded_up(string text, long millis) => Quantity.Parse(text).Milli.ShouldBe(millis);

    [Theory]
    [InlineData("128974848", 128974848)]
    [InlineData("129e6", 129000000)]
    [InlineData("129M", 129000000)]
    [InlineData("128974848000m", 128974848)]
    [InlineData("123Mi", 128974848)]
    [InlineData("231351Ki", 236903424)]
    [InlineData("1k", 1000)]
    [InlineData("2G", 2000000000)]
    [InlineData("1.5Gi", 1610612736)]
    [InlineData("0.5Ki", 512)]
    [InlineData("3Ti", 3298534883328)]
    [InlineData("1E", 1000000000000000000)]
    public void Memory_is_read_exactly(string text, long bytes) => Quantity.Parse(text).Units.ShouldBe(bytes);

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1.2.3")]
    [InlineData("1mi")]
    [InlineData("1 Gi")]
    [InlineData("--1")]
    [InlineData("1e99")]
    [InlineData("NaN")]
    [InlineData(null)]
    public void What_is_no_quantity_is_refused(string? text) => Quantity.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Sums_of_different_units_are_exact()
    {
        (Quantity.Parse("1n") + Quantity.Parse("1")).Nano.ShouldBe(1_000_000_001);
        (Quantity.Parse("1Ki") + Quantity.Parse("1k")).Units.ShouldBe(2024);
    }

    [Theory]
    [InlineData("n8n-automation")]
    [InlineData("9-lives--of_a CAT")]
    [InlineData("")]
    [InlineData("a-very-long-slug-that-goes-on-and-on-and-on-until-it-does-not-fit-any-label")]
    [InlineData("ümläut/../;rm -rf")]
    public void Names_are_labels_of_DNS_whatever_the_slug(string slug)
    {
        var name = InstanceNames.NameOf(slug, Id);
        foreach (var label in new[] { name, InstanceNames.EnvironmentOf(name), InstanceNames.VolumeOf(name),
            InstanceNames.HostOf(slug, Id, "x").Split('.')[0] })
        {
            label.ShouldMatch("^[a-z]([-a-z0-9]*[a-z0-9])?$");
            label.Length.ShouldBeLessThanOrEqualTo(63);
        }
    }

    [Fact]
    public void Names_carry_the_whole_id_so_that_two_instances_never_meet()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => Guid.CreateVersion7()).ToList();
        ids.Select(id => InstanceNames.NameOf("x", id)).Distinct().Count().ShouldBe(ids.Count);
        ids.Select(id => InstanceNames.HostOf("x", id, "d")).Distinct().Count().ShouldBe(ids.Count);
        ids.Select(InstanceNames.NamespaceOf).ShouldAllBe(ns => ns.Length == 34);
    }

    [Fact]
    public void Waits_grow_are_spread_are_repeatable_and_never_undercut_what_the_server_asked_for()
    {
        var longest = TimeSpan.FromMinutes(1);
        TimeSpan After(int attempts, TimeSpan? asked = null) => Backoff.After(Id, attempts, asked, longest);

        After(1).ShouldBeLessThan(After(4));
        After(4).ShouldBeLessThan(After(8));
        After(1000).ShouldBeLessThanOrEqualTo(longest * 1.25);
        After(3).ShouldBe(After(3));
        Backoff.After(Guid.Parse("0198f000-1111-7222-8333-444455556667"), 3, null, longest).ShouldNotBe(After(3));
        After(1, TimeSpan.FromSeconds(90)).ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public void A_wave_of_deletions_that_nobody_ordered_is_stopped()
    {
        var (guard, now) = (new MassDeleteGuard(), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Enumerable.Range(0, 30).Count(_ => guard.Allows(now, 1000)).ShouldBe(20);
        guard.Allows(now.AddSeconds(59), 1000).ShouldBeFalse();
        guard.Allows(now.AddSeconds(60), 1000).ShouldBeTrue();
        Enumerable.Range(0, 30).Count(_ => new MassDeleteGuard().Allows(now, 10)).ShouldBe(0);
        var small = new MassDeleteGuard();
        Enumerable.Range(0, 30).Count(_ => small.Allows(now, 100)).ShouldBe(5);
    }

    [Fact]
    public async Task The_queue_holds_each_instance_once_and_forgets_no_wake_up()
    {
        var queue = new ReconcileQueue();
        var (a, b) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        queue.Add(a);
        queue.Add(b);
        queue.Add(a, full: true);

        (await queue.TakeAsync(default)).ShouldBe(new Work(a, true));
        queue.Add(a);
        (await queue.TakeAsync(default)).ShouldBe(new Work(b, false));
        var next = queue.TakeAsync(default);
        next.IsCompleted.ShouldBeFalse("nobody else may have it while it is worked on");
        queue.Done(a);
        (await next).ShouldBe(new Work(a, false));
        queue.Done(a);
        queue.Done(b);
        queue.Add(b);
        (await queue.TakeAsync(default)).Instance.ShouldBe(b);
    }
}
