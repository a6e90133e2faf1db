using Platform.Catalog.Assortment;
using Platform.Contracts;

namespace Platform.Catalog.Seed;

/// <summary>The plans of api.md §11, with a volume of 1 GiB each.</summary>
internal static class SeedPlans
{
    public static readonly Guid N8nFree = new("01980000-0000-7000-8000-0000000001a1");
    public static readonly Guid N8nBasic = new("01980000-0000-7000-8000-0000000001a2");
    public static readonly Guid N8nPro = new("01980000-0000-7000-8000-0000000001a3");
    public static readonly Guid GhostStarter = new("01980000-0000-7000-8000-0000000002a1");
    public static readonly Guid GhostCreator = new("01980000-0000-7000-8000-0000000002a2");
    public static readonly Guid PostgreSqlBasic = new("01980000-0000-7000-8000-0000000003a1");
    public static readonly Guid PostgreSqlProduction = new("01980000-0000-7000-8000-0000000003a2");

    public static List<Plan> OfN8n(DateTimeOffset now) =>
    [
        New(N8nFree, SeedServices.N8n, "Free", PlanType.Free, "To get to know n8n.", new(0, 500, 512, 10, 10, 1, 1), 1, false, now,
            "Basic workflows", "5 active workflows", "Community support"),
        New(N8nBasic, SeedServices.N8n, "Basic", PlanType.Basic, "For one person's automation.",
            new(50_000, 1000, 1024, 50, 50, 1, 3), 2, true, now, "Unlimited workflows", "E-mail support", "Custom domains"),
        New(N8nPro, SeedServices.N8n, "Pro", PlanType.Pro, "For teams with much to automate.",
            new(150_000, 2000, 2048, 100, 25, 3, 10), 3, false, now, "Priority support", "Advanced integrations", "Team collaboration"),
    ];

    public static List<Plan> OfGhost(DateTimeOffset now) =>
    [
        New(GhostStarter, SeedServices.Ghost, "Starter", PlanType.Free, "For a first blog.", new(0, 250, 512, 20, 15, 1, 1), 1, false, now,
            "Basic themes", "Newsletter", "Community support"),
        New(GhostCreator, SeedServices.Ghost, "Creator", PlanType.Basic, "For those who publish regularly.",
            new(75_000, 600, 1024, 100, 30, 1, 5), 2, true, now, "Premium themes", "Custom domains", "E-mail support"),
    ];

    // No backups are promised here: nothing makes them yet.
    public static List<Plan> OfPostgreSql(DateTimeOffset now) =>
    [
        New(PostgreSqlBasic, SeedServices.PostgreSql, "Basic DB", PlanType.Basic, "For development and small applications.",
            new(25_000, 250, 256, 50, 100, 2, 1), 1, true, now, "Own database server", "Persistent volume", "Basic monitoring"),
        New(PostgreSqlProduction, SeedServices.PostgreSql, "Production DB", PlanType.Pro, "For applications that others rely on.",
            new(100_000, 500, 1024, 200, 50, 5, 1), 2, false, now, "Own database server", "Persistent volume", "Priority support"),
    ];

    /// <summary>Rupiah per month, millicores, mebibytes, gigabytes of traffic, seats, seats per user, domains.</summary>
    private readonly record struct Size(long Price, int Cpu, int Memory, int Bandwidth, int Quota, int MaxInstances, int MaxDomains);

    private static Plan New(Guid id, Guid service, string name, PlanType type, string description, Size size, int sortOrder, bool popular,
        DateTimeOffset now, params string[] features) => new()
        {
            Id = id,
            ServiceId = service,
            Name = name,
            PlanType = type,
            Description = description,
            MonthlyPrice = Money.Idr(size.Price),
            CpuMilli = size.Cpu,
            MemoryMb = size.Memory,
            StorageGb = 1,
            Bandwidth = size.Bandwidth,
            TotalQuota = size.Quota,
            Features = features,
            MaxInstancesPerUser = size.MaxInstances,
            MaxDomains = size.MaxDomains,
            IsActive = true,
            IsPopular = popular,
            SortOrder = sortOrder,
            CreatedAt = now,
            UpdatedAt = now,
        };
}
