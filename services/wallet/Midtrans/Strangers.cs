using System.Diagnostics.Metrics;

namespace Platform.Wallets;

/// <summary>
/// Notifications that the gateway did not sign. Anybody can send them, as fast as they like, so only so many a minute are worth a row of
/// our database; all of them are counted.
/// </summary>
internal sealed class Strangers(TimeProvider clock)
{
    public const string MeterName = "Platform.Wallets";
    public const int KeptPerMinute = 60;

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Rejected = Meter.CreateCounter<long>(
        "platform.wallet.notifications.rejected", "{notification}", "Notifications that were unreadable or not signed by the gateway");

    private readonly Lock gate = new();
    private long minute;
    private int kept;

    /// <summary>Counts one, and says whether it is still to be kept.</summary>
    public bool Count()
    {
        var keep = MayKeep();
        Rejected.Add(1, new KeyValuePair<string, object?>("kept", keep));
        return keep;
    }

    private bool MayKeep()
    {
        var now = clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        lock (gate)
        {
            if (now != minute)
                (minute, kept) = (now, 0);
            return ++kept <= KeptPerMinute;
        }
    }
}
