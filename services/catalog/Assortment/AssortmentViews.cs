using System.Text.Json.Serialization;
using Platform.Contracts;

namespace Platform.Catalog.Assortment;

// The shapes of api.md §1.6 and §3.1. Members that are not for everyone, or not for every route, are left out when they are null;
// every other member is always there.

internal sealed record ServiceCount(int Services);

internal sealed record SubscriptionCount(int Subscriptions);

internal sealed record CategoryView(
    Guid Id, string Name, string Slug, string? Description, int SortOrder, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("_count")] ServiceCount Count);

/// <param name="Id">Left out in lists (api.md §3.1).</param>
internal sealed record CategoryName(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id, string Name, string Slug)
{
    public static CategoryName Short(Category category) => new(null, category.Name, category.Slug);

    public static CategoryName Full(Category category) => new(category.Id, category.Name, category.Slug);
}

/// <param name="AvailableQuota">Left out in search results.</param>
/// <param name="IsAvailable">Left out in search results.</param>
/// <param name="Count">How many hold a confirmed seat; only where one service is shown.</param>
internal sealed record PlanView(
    Guid Id, string Name, PlanType PlanType, string? Description, Money MonthlyPrice, int CpuMilli, int MemoryMb, int StorageGb,
    int Bandwidth, IReadOnlyList<string> Features, int MaxInstancesPerUser, int MaxDomains, int TotalQuota, int UsedQuota, bool IsPopular,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AvailableQuota,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? IsAvailable,
    [property: JsonPropertyName("_count"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SubscriptionCount? Count = null)
{
    public static PlanView Of(Plan plan)
    {
        var available = plan.TotalQuota - plan.UsedQuota;
        return new(plan.Id, plan.Name, plan.PlanType, plan.Description, plan.MonthlyPrice, plan.CpuMilli, plan.MemoryMb, plan.StorageGb,
            plan.Bandwidth, plan.Features, plan.MaxInstancesPerUser, plan.MaxDomains, plan.TotalQuota, plan.UsedQuota, plan.IsPopular,
            available, available > 0);
    }

    public static PlanView WithoutAvailability(Plan plan) => Of(plan) with { AvailableQuota = null, IsAvailable = null };
}

/// <param name="DockerImage">For administrators only.</param>
/// <param name="EnvTemplate">For administrators only.</param>
internal sealed record ServiceView(
    Guid Id, string Name, string Slug, string Description, string? LongDescription, string? Icon, string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DockerImage,
    int DefaultPort, Guid CategoryId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? EnvTemplate,
    IReadOnlyList<string> Tags, string? Documentation, bool IsActive, bool IsPublic, bool IsFeatured, int SortOrder,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, CategoryName Category, IReadOnlyList<PlanView> Plans)
{
    public static ServiceView Of(Service service, CategoryName category, IEnumerable<PlanView> plans, bool administrator) => new(
        service.Id, service.Name, service.Slug, service.Description, service.LongDescription, service.Icon, service.VersionLabel,
        administrator ? service.Image : null, service.Port, service.CategoryId,
        administrator ? service.Environment.ToDictionary(variable => variable.Name, variable => variable.Value) : null,
        service.Tags, service.Documentation, service.IsActive, service.IsPublic, service.IsFeatured, service.SortOrder,
        service.CreatedAt, service.UpdatedAt, category, [.. plans]);
}

internal sealed record ServicePage(IReadOnlyList<ServiceView> Services, Pagination Pagination);

internal sealed record CategoryPage(
    Guid Id, string Name, string Slug, string? Description, IReadOnlyList<ServiceView> Services, Pagination Pagination);

internal sealed record ServicePlans(Guid ServiceId, string ServiceName, string ServiceSlug, IReadOnlyList<PlanView> Plans);

internal sealed record SearchPage(IReadOnlyList<ServiceView> Services, int TotalCount, bool HasMore);
