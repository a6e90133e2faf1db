using System.Diagnostics.Metrics;

namespace Platform.Messaging;

/// <summary>What operations watch: repetitions that the inbox dropped, messages that left, messages that could not.</summary>
internal static class MessagingMetrics
{
    public const string MeterName = "Platform.Messaging";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Duplicates = Meter.CreateCounter<long>(
        "platform.inbox.duplicates", "{message}", "Repeated deliveries dropped by the inbox");

    public static readonly Counter<long> Sent = Meter.CreateCounter<long>(
        "platform.outbox.sent", "{message}", "Outbox messages confirmed by the broker");

    public static readonly Counter<long> Postponed = Meter.CreateCounter<long>(
        "platform.outbox.postponed", "{try}", "Publishes without a confirm, to be tried again");

    public static readonly Gauge<long> Waiting = Meter.CreateGauge<long>(
        "platform.outbox.waiting", "{message}", "Messages that could leave and have not");

    public static readonly Gauge<long> Scheduled = Meter.CreateGauge<long>(
        "platform.outbox.scheduled", "{message}", "Messages that wait for their due time");

    public static readonly Gauge<double> OldestAge = Meter.CreateGauge<double>(
        "platform.outbox.oldest.age", "s", "How long the oldest of the waiting messages has waited");
}
