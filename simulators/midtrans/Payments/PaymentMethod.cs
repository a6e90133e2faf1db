namespace Platform.Simulators.Midtrans.Payments;

internal enum RefundRule
{
    /// <summary>The channel cannot give money back (virtual accounts, bills, counters).</summary>
    None,
    FullOnly,
    FullOrPartial,
}

/// <summary>One way to pay, with the limits that the contract states for it.</summary>
/// <param name="Code">What `enabled_payments` calls it.</param>
/// <param name="PaymentType">What charge answers and notifications call it.</param>
/// <param name="Bank">The bank of a virtual account, or the store of an over-the-counter payment.</param>
/// <param name="Least">The smallest amount, whole rupiah.</param>
/// <param name="Most">The largest amount, whole rupiah.</param>
internal sealed record PaymentMethod(
    string Code, string Title, string PaymentType, string? Bank, TimeSpan DefaultExpiry, TimeSpan LongestExpiry, long Least, long Most)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan ThreeDs = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(180);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Custom expiries below this are refused for every method.</summary>
    public static readonly TimeSpan ShortestExpiry = TimeSpan.FromSeconds(20);

    public static readonly IReadOnlyList<PaymentMethod> All =
    [
        new("credit_card", "Credit or debit card", "credit_card", null, ThreeDs, ThreeDs, 10_000, 999_999_999)
            { Refunds = RefundRule.FullOrPartial, RefundDays = 365, FeeRupiah = 2_000, FeePerMille = 29, FollowsExpiry = false },
        Wallet("gopay", "GoPay", Week, 20_000_000, RefundRule.FullOrPartial, 45, 20),
        Wallet("shopeepay", "ShopeePay", TimeSpan.FromDays(5), 20_000_000, RefundRule.FullOnly, 365, 20),
        Wallet("other_qris", "QRIS", Week, 10_000_000, RefundRule.FullOrPartial, 7, 7) with { PaymentType = "qris" },
        Account("bca_va", "BCA virtual account", "bca", 10_000, 20_000_000_000),
        Account("bni_va", "BNI virtual account", "bni", 1, long.MaxValue),
        Account("bri_va", "BRI virtual account", "bri", 1, 20_000_000_000),
        Account("cimb_va", "CIMB Niaga virtual account", "cimb", 1, 250_000_000),
        Account("permata_va", "Permata virtual account", "permata", 1, 9_990_000_000)
            with { Reversible = true, KeepsIdempotencyKeys = false },
        new("echannel", "Mandiri bill", "echannel", null, Day, Longest, 1, 50_000_000_000) { Reversible = true, FeeRupiah = 4_000 },
        new("indomaret", "Indomaret", "cstore", "indomaret", Day, Longest, 10_000, 5_000_000)
            { Reversible = true, FeeRupiah = 5_000, KeepsIdempotencyKeys = false, HasFraudStatus = false },
        new("alfamart", "Alfamart", "cstore", "alfamart", Day, Longest, 1, 5_000_000) { FeeRupiah = 5_000 },
        // The contract names the following, but not their fields. They exist only for an order that asks for them by name.
        Wallet("dana", "DANA", Week, 20_000_000, RefundRule.FullOrPartial, 45, 15) with { ActiveByDefault = false, FoundByOrderId = false },
        Wallet("ovo", "OVO", Week, 20_000_000, RefundRule.FullOnly, 7, 20) with { ActiveByDefault = false },
        Wallet("akulaku", "Akulaku", Week, 20_000_000, RefundRule.FullOrPartial, 14, 20) with { ActiveByDefault = false },
        Wallet("kredivo", "Kredivo", Week, 20_000_000, RefundRule.FullOrPartial, 14, 20) with { ActiveByDefault = false },
        Account("danamon_va", "Danamon virtual account", "danamon", 1, 20_000_000_000) with { ActiveByDefault = false },
        Account("bsi_va", "BSI virtual account", "bsi", 1, 20_000_000_000) with { ActiveByDefault = false, NamesItselfAsOrder = true },
        Account("seabank_va", "SeaBank virtual account", "seabank", 1, 20_000_000_000) with { ActiveByDefault = false },
        Account("saqu_va", "Saqu virtual account", "saqu", 1, 20_000_000_000) with { ActiveByDefault = false },
    ];

    private static readonly Dictionary<string, PaymentMethod> ByCode = All.ToDictionary(method => method.Code);

    public RefundRule Refunds { get; init; } = RefundRule.None;

    /// <summary>How long after its settlement a payment can be refunded.</summary>
    public int RefundDays { get; init; }

    /// <summary>A settlement of this channel can turn into a deny some minutes later.</summary>
    public bool Reversible { get; init; }

    public bool ActiveByDefault { get; init; } = true;
    public bool KeepsIdempotencyKeys { get; init; } = true;
    public bool HasFraudStatus { get; init; } = true;

    /// <summary>False where status is answered for the transaction id only.</summary>
    public bool FoundByOrderId { get; init; } = true;

    /// <summary>The channel whose notifications carry the transaction id in the place of our order id.</summary>
    public bool NamesItselfAsOrder { get; init; }

    /// <summary>The 3DS page has its own ten minutes, whatever expiry the order asks for.</summary>
    public bool FollowsExpiry { get; init; } = true;

    public long FeeRupiah { get; init; }
    public int FeePerMille { get; init; }

    public bool IsCard => PaymentType == "credit_card";
    public bool IsAccount => PaymentType == "bank_transfer";

    public static PaymentMethod Of(string code) => ByCode[code];

    public static PaymentMethod? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>What the gateway takes for one payment; the part that a customer bears may be put on top of the amount.</summary>
    public long Fee(long rupiah) => FeeRupiah + (long)(((Int128)rupiah * FeePerMille + 999) / 1000);

    private static PaymentMethod Account(string code, string title, string bank, long least, long most) =>
        new(code, title, "bank_transfer", bank, Day, Longest, least, most) { FeeRupiah = 4_000 };

    private static PaymentMethod Wallet(
        string code, string title, TimeSpan longest, long most, RefundRule refunds, int refundDays, int feePerMille) =>
        new(code, title, code, null, Quarter, longest, 1, most) { Refunds = refunds, RefundDays = refundDays, FeePerMille = feePerMille };
}
