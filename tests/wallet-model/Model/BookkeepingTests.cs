using FsCheck;
using FsCheck.Fluent;
using Platform.Contracts;

namespace Platform.Wallets.ModelTests;

/// <summary>The ledger's rules by themselves, without a store.</summary>
public sealed class BookkeepingTests
{
    private const int Cases = 10_000;
    private static readonly Guid User = Guid.CreateVersion7();

    private static Gen<long> Small => Gen.Choose(0, 40).Select(thousands => thousands * 500L);

    private static Gen<long> Amount => Gen.Choose(1, 20_000).Select(amount => (long)amount);

    /// <summary>Whoever owes has nothing available; that is kept by the rules under test and begins every case.</summary>
    private static Gen<Purse> Purse =>
        from available in Small
        from held in Small
        from debt in Small
        from owes in Gen.Choose(0, 2)
        select owes == 0 ? new Purse(0, held, debt) : new Purse(available, held, 0);

    private static Gen<Posting> Credit => Gen.OneOf(
        from amount in Amount select Posting.Coupon(Guid.CreateVersion7(), User, Money.Idr(amount)),
        from amount in Amount select Posting.Adjustment(Guid.CreateVersion7(), User, Money.Idr(amount), adds: true),
        from amount in Amount select Posting.Refund(Guid.CreateVersion7(), Guid.CreateVersion7(), User, Money.Idr(amount)),
        from amount in Amount select Of(PostingKind.TopUp, AccountKind.Clearing, AccountKind.User, amount));

    private static Gen<Posting> Other => Gen.OneOf(
        from amount in Amount select Posting.Hold(Guid.CreateVersion7(), User, Money.Idr(amount)),
        from amount in Amount select Posting.Release(Guid.CreateVersion7(), User, Money.Idr(amount)),
        from amount in Amount select Posting.Capture("period:1", Guid.CreateVersion7(), User, Money.Idr(amount)),
        from amount in Amount select Posting.Adjustment(Guid.CreateVersion7(), User, Money.Idr(amount), adds: false),
        from amount in Amount select Of(PostingKind.Reversal, AccountKind.User, AccountKind.Clearing, amount),
        from amount in Amount select Of(PostingKind.Clearing, AccountKind.Gateway, AccountKind.Clearing, amount),
        from amount in Amount select Of(PostingKind.Clearing, AccountKind.Clearing, AccountKind.Gateway, amount));

    private static Arbitrary<(Posting Posting, Purse Before)> Movements { get; } = Arb.From(
        from posting in Gen.OneOf(Credit, Other) from before in Purse select (posting, before));

    [Fact]
    public void The_sides_of_every_movement_sum_to_zero_and_name_each_account_once() =>
        Seeds.Check(Cases, Prop.ForAll(Movements, movement =>
        {
            if (Bookkeeping.Sides(movement.Posting, Balances(movement.Before)) is not { } sides)
                return;
            sides.Sum(side => side.Amount).ShouldBe(0);
            sides.ShouldAllBe(side => side.Amount != 0);
            sides.Select(side => side.Account).ShouldBeUnique();
            sides.Where(side => side.Amount > 0).Sum(side => side.Amount).ShouldBe(movement.Posting.Amount.Rupiah);
        }));

    [Fact]
    public void Nobody_falls_below_zero_and_whoever_owes_has_nothing_available() =>
        Seeds.Check(Cases, Prop.ForAll(Movements, movement =>
        {
            if (After(movement.Posting, movement.Before) is not { } after)
                return;
            (after.Available >= 0 && after.Held >= 0 && after.Debt >= 0).ShouldBeTrue($"{after}");
            (after.Debt > 0 && after.Available > 0).ShouldBeFalse($"{after}");
        }));

    [Fact]
    public void A_movement_is_refused_only_when_the_giving_account_has_too_little_and_a_reversal_never() =>
        Seeds.Check(Cases, Prop.ForAll(Movements, movement =>
        {
            var (posting, before) = movement;
            var covered = posting.From switch
            {
                AccountKind.User => posting.Kind == PostingKind.Reversal || before.Available >= posting.Amount.Rupiah,
                AccountKind.Held => before.Held >= posting.Amount.Rupiah,
                _ => true,
            };
            (Bookkeeping.Sides(posting, Balances(before)) is not null).ShouldBe(covered);
        }));

    [Fact]
    public void In_whatever_order_credits_come_they_leave_the_same_and_none_of_them_is_lost() =>
        Seeds.Check(Cases, Prop.ForAll(Arb.From(
            from before in Purse
            from count in Gen.Choose(2, 6)
            from credits in Gen.ArrayOf(Credit, count)
            from shuffled in Gen.Shuffle(credits)
            select (before, credits, shuffled)), drawn =>
            {
                var (one, other) = (All(drawn.credits, drawn.before), All(drawn.shuffled, drawn.before));
                one.ShouldBe(other);
                Net(one).ShouldBe(Net(drawn.before) + drawn.credits.Sum(credit => credit.Amount.Rupiah));
            }));

    [Fact]
    public void A_reversal_takes_what_is_there_and_leaves_the_rest_as_a_debt_that_the_next_credit_pays() =>
        Seeds.Check(Cases, Prop.ForAll(Arb.From(
            from before in Purse from lost in Amount from gained in Amount select (before, lost, gained)), drawn =>
            {
                var owing = After(Of(PostingKind.Reversal, AccountKind.User, AccountKind.Clearing, drawn.lost), drawn.before)!.Value;
                owing.ShouldBe(drawn.before.Lose(drawn.lost));
                After(Posting.Coupon(User, User, Money.Idr(drawn.gained)), owing)!.Value.ShouldBe(owing.Gain(drawn.gained));
            }));

    private static Posting Of(PostingKind kind, AccountKind from, AccountKind to, long amount) =>
        new(kind, "key", User, User, from, to, Money.Idr(amount));

    private static Balances Balances(Purse purse) => new(Money.Idr(purse.Available), Money.Idr(purse.Held), Money.Idr(purse.Debt));

    private static Purse? After(Posting posting, Purse before) => Bookkeeping.Sides(posting, Balances(before)) is { } sides
        ? ModelTests.Purse.Of(sides.Aggregate(Balances(before), (left, side) => left.With(side)))
        : null;

    private static Purse All(IEnumerable<Posting> credits, Purse before) =>
        credits.Aggregate(before, (purse, credit) => After(credit, purse)!.Value);

    private static long Net(Purse purse) => purse.Available + purse.Held - purse.Debt;
}
