namespace Platform.Simulators.Midtrans.Payments;

internal static class EnabledPayments
{
    private static readonly string[] Accounts = ["bca_va", "bni_va", "bri_va", "cimb_va", "permata_va"];
    private static readonly string[] Counters = ["indomaret", "alfamart"];

    public static List<string> Default() => [.. PaymentMethod.All.Where(method => method.ActiveByDefault).Select(method => method.Code)];

    /// <summary>Spells the aliases out; names that nobody knows are dropped, as the payment page drops them.</summary>
    public static List<string> Resolve(IEnumerable<string> names) => [.. names.SelectMany(Spell).Distinct()];

    private static IEnumerable<string> Spell(string name) => name switch
    {
        "bank_transfer" => Accounts,
        "cstore" or "store" => Counters,
        "qris" => ["other_qris"],
        // "Another bank": the simulator routes it to Permata, the first bank that the contract names for it.
        "other_va" => ["permata_va"],
        _ => PaymentMethod.Find(name) is { } method ? [method.Code] : [],
    };
}
