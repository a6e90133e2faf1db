namespace Platform.Subscriptions.Pricing;

/// <summary>
/// One paid month, [Start, End), the k-th from an anchor. Every boundary is computed from the anchor itself, clamped to the month's end:
/// an anchor on the 31st gives 31 Jan → 28 Feb → 31 Mar, never 28 Mar (product.md T2).
/// </summary>
internal readonly record struct BillingPeriod(DateTimeOffset Start, DateTimeOffset End)
{
    public static BillingPeriod Of(DateTimeOffset anchor, int k) => new(anchor.AddMonths(k), anchor.AddMonths(k + 1));

    /// <summary>Length in days, 28…31 for a monthly plan.</summary>
    public int Days => (int)(End - Start).TotalDays;

    /// <summary>Days that are left, the day already started counted as left (R of product.md T3).</summary>
    public int DaysLeft(DateTimeOffset now) => (int)Math.Ceiling(Math.Max(0, (End - now).TotalDays));

    /// <summary>When the number of days left changes next: the amount of a quote is constant until then (T4).</summary>
    public DateTimeOffset EndOfSlice(DateTimeOffset now) => End - TimeSpan.FromDays(Math.Max(0, DaysLeft(now) - 1));
}
