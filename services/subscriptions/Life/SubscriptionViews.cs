using System.Text.Json.Serialization;
using Platform.Contracts;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Storage;

namespace Platform.Subscriptions.Life;

// The shapes of api.md §1.6 and §5.1. Members that we add to them: phase, reason.

internal class SubscriptionRow(Subscription s)
{
    public Guid Id { get; } = s.Id;
    public Guid UserId { get; } = s.UserId;
    public Guid ServiceId { get; } = s.ServiceId;
    public Guid PlanId { get; } = s.PlanId;
    public string Status { get; } = WireWords.Of(s.Status);
    public string Phase { get; } = WireWords.Of(s.Phase);
    public string? Reason { get; } = s.Reason;
    public DateTimeOffset StartDate { get; } = s.PeriodStart;
    public DateTimeOffset EndDate { get; } = s.EndedAt is { } ended && ended < s.PeriodEnd ? ended : s.PeriodEnd;
    public DateTimeOffset? LastBilled { get; } = s.LastBilledAt;
    public DateTimeOffset? NextBilling { get; } = s.AutoRenew ? s.PeriodEnd : null;
    public Money MonthlyPrice { get; } = s.MonthlyPrice;
    public Money? LastChargeAmount { get; } = s.LastChargeAmount;
    public int FailedCharges { get; } = s.FailedCharges;
    public Guid? PreviousPlanId { get; } = s.PreviousPlanId;
    public DateTimeOffset? UpgradeDate { get; } = s.UpgradedAt;
    public Guid? DowngradeTo { get; }
    public bool AutoRenew { get; } = s.AutoRenew;
    public DateTimeOffset? GracePeriodEnd { get; } = s.GracePeriodEnd;
    public DateTimeOffset CreatedAt { get; } = s.CreatedAt;
    public DateTimeOffset UpdatedAt { get; } = s.UpdatedAt;
}

internal sealed record ServiceShort(Guid Id, string Name, string Slug, string? Icon, string Version)
{
    public static ServiceShort Of(ServiceCopy s) => new(s.Id, s.Name, s.Slug, s.Icon, s.VersionLabel);
}

internal sealed record ServiceLong(
    Guid Id, string Name, string Slug, string Description, string? Icon, string Version, string? Documentation)
{
    public static ServiceLong Of(ServiceCopy s) => new(s.Id, s.Name, s.Slug, s.Description, s.Icon, s.VersionLabel, s.Documentation);
}

internal class PlanCard(PlanCopy p)
{
    public Guid Id { get; } = p.Id;
    public string Name { get; } = p.Name;
    public string PlanType { get; } = WireWords.Of(p.Tier);
    public Money MonthlyPrice { get; } = p.MonthlyPrice;
    public int CpuMilli { get; } = p.Resources.CpuMillis;
    public int MemoryMb { get; } = p.Resources.MemoryMib;
    public int StorageGb { get; } = p.Resources.StorageGib;
    public IReadOnlyList<string> Features { get; } = p.Features;
}

internal sealed class PlanLong(PlanCopy p) : PlanCard(p)
{
    public string? Description { get; } = p.Description;
    public int Bandwidth { get; } = p.BandwidthGb;
    public int MaxInstancesPerUser { get; } = p.MaxInstancesPerUser;
    public int MaxDomains { get; } = p.MaxDomains;
}

internal class InstanceCard(InstanceCopy i)
{
    public Guid Id { get; } = i.Id;
    public string Name { get; } = i.Name;
    public string Subdomain { get; } = i.Subdomain;
    public string Status { get; } = i.Status;
    public string? HealthStatus { get; } = i.HealthStatus;
    public string PublicUrl { get; } = i.PublicUrl;
    public string AdminUrl { get; } = i.AdminUrl;
    public string? CustomDomain { get; }
    public bool SslEnabled { get; } = i.PublicUrl.StartsWith("https://", StringComparison.Ordinal);
    public decimal? CpuUsage { get; }
    public decimal? MemoryUsage { get; }
    public decimal? StorageUsage { get; }
    public DateTimeOffset CreatedAt { get; } = i.CreatedAt;
    public DateTimeOffset? LastStarted { get; } = i.LastStarted;
    public DateTimeOffset? LastHealthCheck { get; } = i.Version == 0 ? null : i.UpdatedAt;
}

internal sealed class InstanceLong(InstanceCopy i) : InstanceCard(i)
{
    public string? PodName { get; } = i.PodName;
    public string Namespace { get; } = i.Namespace;
}

internal sealed record InstanceCount(int Instances);

internal sealed class SubscriptionListed(Subscription s, ServiceCopy service, PlanCopy plan, InstanceCopy instance) : SubscriptionRow(s)
{
    public ServiceShort Service { get; } = ServiceShort.Of(service);
    public PlanCard Plan { get; } = new(plan);
    public IReadOnlyList<InstanceCard> Instances { get; } = [new(instance)];
    [JsonPropertyName("_count")] public InstanceCount Count { get; } = new(1);
}

internal sealed record ChargeView(Guid Id, string InvoiceNumber, string Type, string Status, Money Amount, string Description,
    DateTimeOffset CreatedAt, DateTimeOffset CompletedAt)
{
    public static ChargeView Of(Charge c) => new(
        c.TransactionId, c.CustomId, c.Kind, "COMPLETED", c.Amount, c.Description, c.CapturedAt, c.CapturedAt);
}

internal sealed record BillingInfo(
    DateTimeOffset? NextBillingDate, int? DaysUntilBilling, Money MonthlyPrice, bool AutoRenew, DateTimeOffset? GracePeriodEnd)
{
    public static BillingInfo Of(Subscription s, DateTimeOffset now) => new(
        s.AutoRenew ? s.PeriodEnd : null, s.AutoRenew ? s.Period.DaysLeft(now) : null, s.MonthlyPrice, s.AutoRenew, s.GracePeriodEnd);
}

internal sealed class SubscriptionDetails(
    Subscription s, ServiceCopy service, PlanCopy plan, InstanceCopy instance, IEnumerable<Charge> charges,
    DateTimeOffset now) : SubscriptionRow(s)
{
    public ServiceLong Service { get; } = ServiceLong.Of(service);
    public PlanLong Plan { get; } = new(plan);
    public IReadOnlyList<InstanceLong> Instances { get; } = [new(instance)];
    public IReadOnlyList<ChargeView> Transactions { get; } = [.. charges.Select(ChargeView.Of)];
    public BillingInfo BillingInfo { get; } = BillingInfo.Of(s, now);
}

internal sealed class SubscriptionWithPlan(Subscription s, ServiceCopy service, PlanCopy plan, InstanceCopy instance) : SubscriptionRow(s)
{
    public ServiceShort Service { get; } = ServiceShort.Of(service);
    public PlanCard Plan { get; } = new(plan);
    public IReadOnlyList<InstanceLong> Instances { get; } = [new(instance)];
}
