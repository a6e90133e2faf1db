using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Catalog.Assortment;
using Platform.Catalog.Storage;

namespace Platform.Catalog.Seed;

/// <summary>
/// Puts the shop's assortment into the store: in every environment, production included, because these are the services that the
/// platform sells, not sample data. Only what is missing is inserted (known by id or slug), so changes made later by an administrator
/// stay. The ids are constants and the replicas take turns, so any number of starts makes the same rows once.
/// </summary>
internal sealed partial class AssortmentSeed(
    CatalogDbContext db, IPublishEndpoint publish, TimeProvider clock, ILogger<AssortmentSeed> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('catalog.seed', 0))", ct);

        var now = clock.GetUtcNow();
        await AddCategoriesAsync(now, ct);
        foreach (var wanted in SeedServices.All(now))
            await AddServiceAsync(wanted, now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task AddCategoriesAsync(DateTimeOffset now, CancellationToken ct)
    {
        foreach (var wanted in SeedCategories.All(now))
        {
            if (!await db.Categories.AnyAsync(c => c.Id == wanted.Id || c.Slug == wanted.Slug, ct))
                db.Add(wanted);
        }
    }

    private async Task AddServiceAsync(Service wanted, DateTimeOffset now, CancellationToken ct)
    {
        var present = await db.Services.Include(s => s.Plans).SingleOrDefaultAsync(s => s.Id == wanted.Id, ct);
        if (present is null && await db.Services.AnyAsync(s => s.Slug == wanted.Slug, ct))
        {
            SlugTaken(log, wanted.Slug);
            return;
        }

        var added = present is null ? wanted.Plans : AddMissingPlans(present, wanted);
        if (present is null)
            db.Add(present = wanted);
        if (added.Count == 0)
            return;
        await publish.Publish(present.Revise(now), ct);
        Seeded(log, present.Slug, added.Count, present.Version);
    }

    private List<Plan> AddMissingPlans(Service present, Service wanted)
    {
        var missing = wanted.Plans.Where(plan => !present.Plans.Any(p => p.Id == plan.Id || p.PlanType == plan.PlanType)).ToList();
        // Added to the context, which puts them into present.Plans: keys that are set would otherwise pass for rows that exist.
        db.AddRange(missing);
        return missing;
    }

    [LoggerMessage(LogLevel.Information, "Service {Slug} got {Plans} plans out of the seed and is at revision {Version}")]
    private static partial void Seeded(ILogger log, string slug, int plans, long version);

    [LoggerMessage(LogLevel.Warning, "The seed's service {Slug} is left out: another service has its slug")]
    private static partial void SlugTaken(ILogger log, string slug);
}
