namespace Platform.Wallets.ModelTests;

/// <summary>
/// A checker that never finds anything proves nothing: these histories are wrong, each in its own way, and two are right.
/// </summary>
public sealed class HistoryCheckerTests
{
    private static readonly Guid Wallet = Guid.CreateVersion7();

    [Fact]
    public void A_good_history_with_overlapping_calls_and_a_lost_answer_passes() => Faults(
        [
            Ok(1, 1, 4, Asked.Credit, "topup:a", 100), Ok(2, 2, 3, Asked.Debit, "adjust:b", 60), No(3, 5, 6, Asked.Hold, "h", 50),
            new(2, 5, Call.Never, Wallet, Asked.Debit, "adjust:c", 40, Said.Unknown), Read(1, 7, 8, 0, 0, 0),
        ],
        Effects(("topup:a", 100), ("adjust:b", 60), ("adjust:c", 40))).ShouldBeEmpty();

    [Fact]
    public void The_life_of_a_hold_and_a_debt_passes() => Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 4, Asked.Hold, "h", 70), Ok(1, 5, 6, Asked.TakeBack, "reversal:a", 100),
            Read(2, 7, 8, 0, 70, 70), Ok(1, 9, 10, Asked.Release, "h", 70), Read(2, 11, 12, 0, 0, 0), No(3, 13, 14, Asked.Capture, "h", 70),
        ],
        Effects(("topup:a", 100), ("hold:h", 70), ("reversal:a", 100), ("release:h", 70))).ShouldBeEmpty();

    [Fact]
    public void A_lost_update_is_found() => ShouldFind("No order", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 5, Asked.Credit, "topup:b", 50), Ok(2, 4, 6, Asked.Credit, "topup:c", 50),
            Read(1, 7, 8, 150, 0, 0),
        ],
        Effects(("topup:a", 100), ("topup:b", 50), ("topup:c", 50))));

    [Fact]
    public void A_credit_that_is_there_twice_is_found() => ShouldFind("2 times", Faults(
        [Ok(1, 1, 2, Asked.Credit, "topup:a", 100)], Effects(("topup:a", 100), ("topup:a", 100))));

    [Fact]
    public void A_credit_that_a_read_counts_twice_is_found() => ShouldFind("No order", Faults(
        [
            Ok(1, 1, 4, Asked.Credit, "topup:a", 100), new(2, 2, 5, Wallet, Asked.Credit, "topup:a", 100, Said.Again),
            Read(1, 6, 7, 200, 0, 0),
        ],
        Effects(("topup:a", 100))));

    [Fact]
    public void Two_who_are_both_told_that_they_were_the_first_are_found() => ShouldFind("No order", Faults(
        [Ok(1, 1, 4, Asked.Credit, "topup:a", 100), Ok(2, 2, 5, Asked.Credit, "topup:a", 100)], Effects(("topup:a", 100))));

    [Fact]
    public void A_stale_read_is_found() => ShouldFind("No order", Faults(
        [Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 4, Asked.Debit, "adjust:b", 60), Read(2, 5, 6, 100, 0, 0)],
        Effects(("topup:a", 100), ("adjust:b", 60))));

    [Fact]
    public void A_read_that_sees_the_later_of_two_and_not_the_earlier_is_found() => ShouldFind("No order", Faults(
        [Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 6, Asked.Credit, "topup:b", 30), Read(2, 4, 5, 30, 0, 0)],
        Effects(("topup:a", 100), ("topup:b", 30))));

    [Fact]
    public void An_effect_that_nobody_asked_for_is_found() => ShouldFind("Nobody asked", Faults(
        [Ok(1, 1, 2, Asked.Credit, "topup:a", 100)], Effects(("topup:a", 100), ("adjust:ghost", 5))));

    [Fact]
    public void An_answer_without_an_effect_is_found() => ShouldFind("Lost", Faults([Ok(1, 1, 2, Asked.Credit, "topup:a", 100)], []));

    [Fact]
    public void A_refused_debit_that_happened_all_the_same_is_found() => ShouldFind("refused and is", Faults(
        [No(1, 1, 2, Asked.Debit, "adjust:a", 100)], Effects(("adjust:a", 100))));

    [Fact]
    public void An_effect_of_another_amount_is_found() => ShouldFind("which nobody asked for", Faults(
        [Ok(1, 1, 2, Asked.Credit, "topup:a", 100)], Effects(("topup:a", 101))));

    [Fact]
    public void Money_that_is_spent_twice_at_once_is_found() => ShouldFind("No order", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 5, Asked.Hold, "h", 80), Ok(2, 4, 6, Asked.Hold, "g", 80),
        ],
        Effects(("topup:a", 100), ("hold:h", 80), ("hold:g", 80))));

    [Fact]
    public void A_refusal_of_somebody_who_has_enough_is_found() => ShouldFind("No order", Faults(
        [Ok(1, 1, 2, Asked.Credit, "topup:a", 100), No(1, 3, 4, Asked.Debit, "adjust:b", 100)], Effects(("topup:a", 100))));

    [Fact]
    public void A_hold_that_is_captured_and_released_is_found() => ShouldFind("No order", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 4, Asked.Hold, "h", 80), Ok(1, 5, 7, Asked.Capture, "h", 80),
            Ok(2, 6, 8, Asked.Release, "h", 80), Read(1, 9, 10, 100, 0, 0),
        ],
        Effects(("topup:a", 100), ("hold:h", 80), ("period:h:1", 80), ("release:h", 80))));

    [Fact]
    public void A_capture_after_a_release_is_found() => ShouldFind("No order", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 4, Asked.Hold, "h", 80), Ok(1, 5, 6, Asked.Release, "h", 80),
            Ok(1, 7, 8, Asked.Capture, "h", 80),
        ],
        Effects(("topup:a", 100), ("hold:h", 80), ("release:h", 80), ("period:h:1", 80))));

    [Fact]
    public void A_credit_that_reaches_somebody_past_their_debt_is_found() => ShouldFind("No order", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "topup:a", 100), Ok(1, 3, 4, Asked.Debit, "adjust:b", 100),
            Ok(1, 5, 6, Asked.TakeBack, "reversal:a", 100), Ok(1, 7, 8, Asked.Credit, "coupon:c", 30), Read(1, 9, 10, 30, 0, 100),
        ],
        Effects(("topup:a", 100), ("adjust:b", 100), ("reversal:a", 100), ("coupon:c", 30))));

    [Fact]
    public void A_snapshot_in_the_middle_of_a_movement_is_found() => ShouldFind("not their entries", HistoryChecker.Faults(
        new([], [new(Wallet, new(100, 0, 0), new(40, 60, 0), 0, 0)], [])));

    [Fact]
    public void A_snapshot_in_which_money_was_made_is_found() => ShouldFind("made or lost", HistoryChecker.Faults(
        new([], [new(Wallet, new(100, 0, 0), new(100, 0, 0), 0, 100)], [])));

    [Fact]
    public void A_snapshot_of_held_money_that_no_hold_explains_is_found() => ShouldFind("without its holds", HistoryChecker.Faults(
        new([], [new(Wallet, new(0, 60, 0), new(0, 60, 0), 0, 0)], [])));

    [Fact]
    public void A_number_that_is_given_twice_is_found() => ShouldFind("was given to", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "adjust:a", 1) with { Number = 101 }, Ok(1, 3, 4, Asked.Credit, "adjust:b", 1) with { Number = 101 },
        ],
        Effects(("adjust:a", 1), ("adjust:b", 1))));

    [Fact]
    public void A_number_that_falls_is_found() => ShouldFind("smaller number", Faults(
        [
            Ok(1, 1, 2, Asked.Credit, "adjust:a", 1) with { Number = 102 }, Ok(1, 3, 4, Asked.Credit, "adjust:b", 1) with { Number = 101 },
        ],
        Effects(("adjust:a", 1), ("adjust:b", 1))));

    private static Call Ok(int client, long from, long to, Asked asked, string key, long amount) =>
        new(client, from, to, Wallet, asked, key, amount, Said.Ok);

    private static Call No(int client, long from, long to, Asked asked, string key, long amount) =>
        new(client, from, to, Wallet, asked, key, amount, Said.No);

    private static Call Read(int client, long from, long to, long available, long held, long debt) =>
        new(client, from, to, Wallet, Asked.Read, "", 0, Said.Ok, Seen.All(new(available, held, debt)));

    private static Effect[] Effects(params (string Key, long Amount)[] effects) =>
        [.. effects.Select(effect => new Effect(effect.Key, Wallet, effect.Amount))];

    private static IReadOnlyList<string> Faults(Call[] calls, Effect[] effects) => HistoryChecker.Faults(new(calls, [], effects));

    private static void ShouldFind(string what, IReadOnlyList<string> faults) => faults.ShouldContain(fault => fault.Contains(what));
}
