namespace Platform.Contracts;

/// <param name="MonthlyPrice">For one calendar month, whole rupiah.</param>
/// <param name="PlanType">FREE, BASIC, PRO, PREMIUM or ENTERPRISE, in this order of upgrade.</param>
/// <param name="BandwidthGb">Traffic per month in gigabytes; 0 means not limited.</param>
public sealed record PlanRevision(
    Guid PlanId, string Name, string PlanType, string? Description, Money MonthlyPrice, InstanceResources Resources, int BandwidthGb,
    IReadOnlyList<string> Features, int MaxInstancesPerUser, int MaxDomains, bool IsActive);

/// <summary>
/// A service with all its plans as it is now. Each revision is whole and has a higher version than the one before, so a reader
/// that missed one needs only the newest, and ignores older ones.
/// </summary>
/// <param name="CorrelationId">The service's id.</param>
public sealed record ServiceRevised(
    Guid CorrelationId, long Version, string Name, string Slug, string Description, string? Icon, string VersionLabel,
    string? Documentation, bool IsActive, bool IsPublic, Workload Workload, IReadOnlyList<PlanRevision> Plans);
