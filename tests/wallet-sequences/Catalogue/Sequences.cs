using System.Text.Json.Nodes;
using static Platform.WalletSequences.Catalogue.Steps;

namespace Platform.WalletSequences.Catalogue;

/// <summary>The catalogue: what the gateway is known to do, and what must come of it.</summary>
internal static class Sequences
{
    private const string Transfer = "BANK_TRANSFER";
    private const string EWallet = "E_WALLET";
    private const string Card = "CREDIT_CARD";
    private const string Qris = "QRIS";

    public static IReadOnlyList<Row> All { get; } =
    [
        .. Channels(), .. OrdersOfArrival(), .. Cards(), .. EndsAndNewAttempts(), .. Unheard(), .. TakenBack(), .. Spent(), .. Disputed(),
        .. Spellings(), .. Strangers(),
    ];

    private static IEnumerable<Row> Channels() =>
    [
        .. new[] { "bca_va", "bni_va", "bri_va", "cimb_va", "permata_va", "echannel" }.Select(channel => Paid(Transfer, channel)),
        .. new[] { "gopay", "shopeepay" }.Select(channel => Paid(EWallet, channel)),
        Paid(Qris, "other_qris"),
        new("paid", EWallet, End.Credited(), Choose("gopay", gopayMode: "qr"), Pay) { Channel = "gopay by QR code" },
        new("paid", EWallet, End.Credited(), Choose("shopeepay", gopayMode: "qr"), Pay) { Channel = "shopeepay by QR code" },
        new("captured, then settled", Card, End.Credited(), Choose("credit_card"), Capture, Settle) { Channel = "credit_card" },
    ];

    private static Row Paid(string pays, string channel) => new("paid", pays, End.Credited(), Choose(channel), Pay) { Channel = channel };

    private static IEnumerable<Row> OrdersOfArrival() =>
    [
        new("chosen, never paid", Transfer, End.Waiting, Choose("bca_va")),
        new("settlement before pending", Transfer, End.Credited(), Choose("bca_va").ToldLate(), Pay),
        new("settlement three times", Transfer, End.Credited(), Choose("bri_va"), Pay, SentAgain, SentAgain),
        new("settlement before capture", Card, End.Credited(), Choose("credit_card"), Capture.ToldLate(), Settle),
        new("capture only", Card, End.Credited(), Choose("credit_card"), Capture),
        new("another method chosen, then paid", Transfer, End.Credited(), Choose("bca_va"), Choose("bni_va"), Pay),
    ];

    private static IEnumerable<Row> Cards() =>
    [
        new("challenged, waits", Card, End.Waiting, Choose("credit_card"), Challenge),
        new("challenged, approved", Card, End.Credited(), Choose("credit_card"), Challenge, Approve),
        new("challenged, approved, settled", Card, End.Credited(), Choose("credit_card"), Challenge, Approve, Settle),
        new("challenged, rejected", Card, End.Waiting, Choose("credit_card"), Challenge, Reject),
        new("captured, challenged after all, approved", Card, End.Credited(), Choose("credit_card"), Capture, Challenge, Approve),
        new("captured, challenged after all, rejected", Card, End.Credited(reversals: 1, net: 0),
            Choose("credit_card"), Capture, Challenge, Reject) { WhenToldLate = End.Waiting },
        new("captured, cancelled by the merchant", Card, End.Credited(reversals: 1, net: 0), Choose("credit_card"), Capture,
            CancelAtGateway) { WhenToldLate = End.Failed },
    ];

    private static IEnumerable<Row> EndsAndNewAttempts() =>
    [
        new("denied", Card, End.Waiting, Choose("credit_card"), Deny),
        new("denied, paid in a new transaction", Transfer, End.Credited(), Choose("bca_va"), Deny, PayAgain("bni_va")),
        new("card denied, captured in a new transaction, settled", Card, End.Credited(), Choose("credit_card"), Deny,
            PayAgain("credit_card"), Settle),
        new("expired", Transfer, End.Failed, Choose("bca_va"), Expire),
        new("card's bank page left", Card, End.Waiting, Choose("credit_card"), Expire),
        new("expired, paid in a new transaction", Transfer, End.Credited(), Choose("bca_va"), Expire, PayAgain("bri_va")),
        new("expired, the new transaction told first", Transfer, End.Credited(), Choose("bca_va"), Expire.ToldLate(), PayAgain("bri_va")),
        new("card's bank page left, captured in a new transaction", Card, End.Credited(), Choose("credit_card"), Expire,
            PayAgain("credit_card")),
        new("cancelled by its owner", Transfer, End.Cancelled, Choose("cimb_va"), OwnerCancels(tells: 1)),
        new("cancelled by its owner before a method was chosen", Transfer, End.Cancelled, OwnerCancels(tells: 0)),
        new("cancelled by its owner, paid late", Transfer, End.Credited(), Choose("cimb_va"), OwnerCancels(tells: 1), PayLate),
        new("cancelled by its owner before a method was chosen, paid late", Transfer, End.Credited(), OwnerCancels(tells: 0), PayLate),
        new("two transactions of one order, both paid", Transfer,
            End.Credited() with { NeedsLooking = "EXTRA_PAYMENT", AtGateway = 2 * Row.Amount },
            Choose("bca_va"), Choose("bni_va"), Pay, PayFirstToo),
    ];

    private static IEnumerable<Row> Unheard() =>
    [
        new("page closed, owner asks", Transfer, End.Failed, ClosePage, HoursPass, OwnerAsks),
        new("page closed, janitor looks", EWallet, End.Failed, ClosePage, HoursPassAndJanitorLooks),
        new("expiry never told, owner asks", Transfer, End.Failed, Choose("bca_va"), Expire.NeverTold(), OwnerAsks),
        new("settlement never told, owner asks", Transfer, End.Credited(), Choose("bca_va"), Pay.NeverTold(), OwnerAsks),
        new("settlement never told, janitor looks", Qris, End.Credited(), Choose("other_qris"), Pay.NeverTold(), JanitorLooks),
        new("settlement never told, refund told", EWallet, End.Credited(reversals: 1, net: 70_000),
            Choose("gopay"), Pay.NeverTold(), Refund(30_000)),
        new("settlement told after the janitor found it", EWallet, End.Credited(), Choose("gopay"), Pay.ToldLate(), JanitorLooks),
    ];

    private static IEnumerable<Row> TakenBack() =>
    [
        new("settled, denied", Transfer, End.Credited(reversals: 1, net: 0), Choose("permata_va"), Pay, Reverse)
            { WhenToldLate = End.Waiting },
        new("settled, denied (Mandiri)", Transfer, End.Credited(reversals: 1, net: 0), Choose("echannel"), Pay, Reverse)
            { Channel = "echannel", WhenToldLate = End.Waiting },
        new("settled, denied, paid in a new transaction", Transfer, End.CreditedAnew,
            Choose("permata_va"), Pay, Reverse, PayAgain("bca_va")) { WhenToldLate = End.Credited() },
        new("settled, denied before we heard of either", Transfer, End.Waiting, Choose("permata_va"), Pay.ToldLate(), Reverse),
        new("refunded", EWallet, End.Credited(reversals: 1, net: 0), Choose("gopay"), Pay, Refund()),
        new("refunded (ShopeePay)", EWallet, End.Credited(reversals: 1, net: 0), Choose("shopeepay"), Pay, Refund())
            { Channel = "shopeepay" },
        new("card refunded", Card, End.Credited(reversals: 1, net: 0), Choose("credit_card"), Capture, Settle, Refund()),
        new("refunded in part", Qris, End.Credited(reversals: 1, net: 60_000), Choose("other_qris"), Pay, Refund(40_000)),
        new("refunded in three parts", EWallet, End.Credited(reversals: 3, net: 55_000),
            Choose("gopay"), Pay, Refund(10_000), Refund(20_000), Refund(15_000)),
        new("refunded in three parts, which are all", EWallet, End.Credited(reversals: 3, net: 0),
            Choose("gopay"), Pay, Refund(50_000), Refund(30_000), Refund(20_000)),
        new("refunded in two parts of the same amount", Qris, End.Credited(reversals: 2, net: 50_000),
            Choose("other_qris"), Pay, Refund(25_000), Refund(25_000) with { Name = "refunded 25000 again" }),
        new("refunded in part, the list left out", EWallet, End.Credited(reversals: 1, net: 60_000),
            Choose("gopay"), Pay, Refund(40_000)) { Modes = new() { ["omitRefunds"] = true } },
        new("refund told before the settlement", EWallet, End.Credited(reversals: 1, net: 0), Choose("gopay"), Pay.ToldLate(), Refund()),
        new("refund in part told before the settlement", Qris, End.Credited(reversals: 1, net: 60_000),
            Choose("other_qris"), Pay.ToldLate(), Refund(40_000)),
        new("only the second refund told", EWallet, End.Credited(reversals: 2, net: 70_000),
            Choose("gopay"), Pay, Refund(10_000).NeverTold(), Refund(20_000)),
    ];

    private static IEnumerable<Row> Spent() =>
    [
        new("refunded after all was spent", EWallet, End.Credited(reversals: 1, net: 0) with { Debt = Row.Amount },
            Choose("gopay"), Pay, Spend(Row.Amount), Refund()) { NeedsCreditMeanwhile = true },
        new("denied after a part was spent", Transfer, End.Credited(reversals: 1, net: 0) with { Debt = 30_000 },
            Choose("permata_va"), Pay, Spend(30_000), Reverse) { NeedsCreditMeanwhile = true },
        new("refunded in parts after a part was spent", Qris, End.Credited(reversals: 2, net: 20_000) with { Debt = 40_000 },
            Choose("other_qris"), Pay, Spend(60_000), Refund(30_000), Refund(50_000)) { NeedsCreditMeanwhile = true },
        new("denied after all was spent, paid in a new transaction", Transfer, End.CreditedAnew,
            Choose("permata_va"), Pay, Spend(Row.Amount), Reverse, PayAgain("bca_va")) { NeedsCreditMeanwhile = true },
    ];

    private static IEnumerable<Row> Disputed() =>
    [
        new("charged back", Card, End.Credited(reversals: 1, net: 0), Choose("credit_card"), Capture, Settle, Chargeback()),
        new("charged back in part", Card, End.Credited(reversals: 1, net: 70_000), Choose("credit_card"), Capture, Settle,
            Chargeback(30_000)),
        new("charged back in part, then wholly", Card, End.Credited(reversals: 2, net: 0),
            Choose("credit_card"), Capture, Settle, Chargeback(30_000), Chargeback()),
    ];

    private static IEnumerable<Row> Spellings() =>
    [
        Paid(Transfer, "bca_va") with { Name = "PENDING in capitals", Channel = null, Modes = new() { ["upperCasePending"] = true } },
        Paid(Transfer, "bni_va") with { Name = "no fraud_status", Channel = null, Modes = new() { ["omitFraudStatus"] = true } },
        Paid(Qris, "other_qris") with { Name = "unknown fields", Channel = null, Modes = new() { ["extraFields"] = true } },
        new("captured, no fraud_status", Card, End.Credited(), Choose("credit_card"), Capture, Settle)
            { Modes = new() { ["omitFraudStatus"] = true } },
    ];

    private static IEnumerable<Row> Strangers() =>
    [
        Misspelt("wrong signature", 401, "", new() { ["wrongSignature"] = true }),
        Misspelt("amount in another spelling", 422, "QUARANTINED", new() { ["grossAmount"] = "1e5" }),
        Misspelt("another amount", 422, "QUARANTINED", new() { ["grossAmount"] = "99999.00" }),
        Misspelt("a tenth of the amount", 422, "QUARANTINED", new() { ["grossAmount"] = "10000.00" }),
        new("somebody else's order", Transfer, new(null, null, 0, NeedsLooking: "UNKNOWN_ORDER", AtGateway: Row.Amount),
            Choose("bca_va").Refused(404), Pay.Refused(404)) { Elsewhere = true },
    ];

    // The notification is refused and changes nothing; the money did arrive, and the owner's question finds it.
    private static Row Misspelt(string name, int answer, string needsLooking, JsonObject modes) =>
        new(name, Transfer, End.Credited() with { NeedsLooking = needsLooking },
            Choose("bca_va").Refused(answer), Pay.Refused(answer), OwnerAsks) { Modes = modes };
}
