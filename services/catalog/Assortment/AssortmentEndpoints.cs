using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Platform.Catalog.Seats;
using Platform.Catalog.Storage;
using Platform.Hosting;

namespace Platform.Catalog.Assortment;

/// <summary>The shop window: readable without a token; an administrator's token shows images and environment too.</summary>
internal static class AssortmentEndpoints
{
    private const int ListLimit = 10;
    private const int SearchLimit = 20;
    private const int FeaturedLimit = 6;
    private const int MaxFeatured = 20;

    public static void MapAssortment(this IEndpointRouteBuilder routes)
    {
        var catalog = routes.MapGroup("/api/catalog").WithTags("Catalog").AllowAnonymous();
        catalog.MapGet("/categories", ListCategories).WithName("ListCategories");
        catalog.MapGet("/services", ListServices).WithName("ListServices");
        catalog.MapGet("/categories/{slug}/services", ListServicesOfCategory).WithName("ListServicesOfCategory");
        catalog.MapGet("/services/{slug}", FindService).WithName("FindService");
        catalog.MapGet("/services/{slug}/plans", ListPlans).WithName("ListPlans");
        catalog.MapGet("/search", Search).WithName("SearchServices");
        catalog.MapGet("/featured", ListFeatured).WithName("ListFeaturedServices");
    }

    private static async Task<IResult> ListCategories(CatalogDbContext db, CancellationToken ct)
    {
        var categories = await db.Categories.AsNoTracking()
            .Select(category => new { Category = category, Services = db.Services.OnSale().Count(s => s.CategoryId == category.Id) })
            .Where(row => row.Services > 0)
            .OrderBy(row => row.Category.SortOrder).ThenBy(row => row.Category.Name)
            .ToListAsync(ct);
        return Answer.Ok(categories.Select(row => new CategoryView(row.Category.Id, row.Category.Name, row.Category.Slug,
            row.Category.Description, row.Category.SortOrder, row.Category.CreatedAt, row.Category.UpdatedAt, new(row.Services))).ToList());
    }

    private static async Task<IResult> ListServices(HttpRequest request, ClaimsPrincipal user, CatalogDbContext db, CancellationToken ct)
    {
        var query = new QueryReader(request.Query);
        var paging = Paging.Read(query, ListLimit);
        if (query.Faults() is { } faults)
            return faults;
        var (services, pagination) = await PageAsync(db.Services.OnSale(), paging, user, ct);
        return Answer.Ok(new ServicePage(services, pagination));
    }

    private static async Task<IResult> ListServicesOfCategory(
        string slug, HttpRequest request, ClaimsPrincipal user, CatalogDbContext db, CancellationToken ct)
    {
        var query = new QueryReader(request.Query);
        var paging = Paging.Read(query, ListLimit);
        if (query.Faults() is { } faults)
            return faults;
        if (!Slug.CanBe(slug) || await db.Categories.AsNoTracking().SingleOrDefaultAsync(c => c.Slug == slug, ct) is not { } category)
            return CatalogRefusals.CategoryNotFound.ToProblem("GET /api/catalog/categories lists the categories that there are.");
        var (services, pagination) = await PageAsync(db.Services.OnSale().Where(s => s.CategoryId == category.Id), paging, user, ct);
        return Answer.Ok(new CategoryPage(category.Id, category.Name, category.Slug, category.Description, services, pagination));
    }

    private static async Task<IResult> FindService(string slug, ClaimsPrincipal user, CatalogDbContext db, CancellationToken ct)
    {
        if (await OneOnSaleAsync(db, slug, ct) is not { } service)
            return NoSuchService();
        var plans = service.Plans.Select(plan => plan.Id).ToList();
        var subscriptions = await db.Reservations.Where(r => plans.Contains(r.PlanId) && r.State == SeatState.Confirmed)
            .GroupBy(r => r.PlanId).ToDictionaryAsync(plan => plan.Key, plan => plan.Count(), ct);
        return Answer.Ok(ServiceView.Of(service, CategoryName.Full(service.Category),
            service.Plans.Select(plan => PlanView.Of(plan) with { Count = new(subscriptions.GetValueOrDefault(plan.Id)) }),
            IsAdministrator(user)));
    }

    private static async Task<IResult> ListPlans(string slug, CatalogDbContext db, CancellationToken ct) =>
        await OneOnSaleAsync(db, slug, ct) is { } service
            ? Answer.Ok(new ServicePlans(service.Id, service.Name, service.Slug, [.. service.Plans.Select(PlanView.Of)]))
            : NoSuchService();

    private static async Task<IResult> Search(HttpRequest request, ClaimsPrincipal user, CatalogDbContext db, CancellationToken ct)
    {
        var query = new QueryReader(request.Query);
        var search = ServiceSearch.Read(query);
        var paging = Paging.Read(query, SearchLimit);
        if (query.Faults() is { } faults)
            return faults;

        var matches = search.In(db.Services.OnSale());
        var total = await matches.CountAsync(ct);
        var services = await matches.OrderByDescending(s => s.IsFeatured).ThenBy(s => s.Name).ThenBy(s => s.Id)
            .Skip(paging.Skip).Take(paging.Limit).WithOffers().ToListAsync(ct);
        var views = services.Select(service => ServiceView.Of(service, CategoryName.Full(service.Category),
            Cheapest(service.Plans.Where(search.Fits)).Select(PlanView.WithoutAvailability), IsAdministrator(user))).ToList();
        return Answer.Ok(new SearchPage(views, total, paging.Skip + views.Count < total));
    }

    private static async Task<IResult> ListFeatured(HttpRequest request, ClaimsPrincipal user, CatalogDbContext db, CancellationToken ct)
    {
        var query = new QueryReader(request.Query);
        var limit = (int)query.Integer("limit", FeaturedLimit, 1, MaxFeatured);
        if (query.Faults() is { } faults)
            return faults;
        var services = await db.Services.OnSale().Where(s => s.IsFeatured).OrderBy(s => s.SortOrder).ThenBy(s => s.Name).ThenBy(s => s.Id)
            .Take(limit).WithOffers().ToListAsync(ct);
        return Answer.Ok(services.Select(service => ServiceView.Of(service, CategoryName.Full(service.Category),
            Cheapest(service.Plans).Select(PlanView.Of), IsAdministrator(user))).ToList());
    }

    private static async Task<(IReadOnlyList<ServiceView>, Pagination)> PageAsync(
        IQueryable<Service> services, Paging paging, ClaimsPrincipal user, CancellationToken ct)
    {
        var total = await services.CountAsync(ct);
        var page = await services.OrderByDescending(s => s.IsFeatured).ThenBy(s => s.SortOrder).ThenBy(s => s.Name).ThenBy(s => s.Id)
            .Skip(paging.Skip).Take(paging.Limit).WithOffers().ToListAsync(ct);
        var administrator = IsAdministrator(user);
        return ([.. page.Select(service => ServiceView.Of(
            service, CategoryName.Short(service.Category), service.Plans.Select(PlanView.Of), administrator))], paging.Of(total));
    }

    private static async Task<Service?> OneOnSaleAsync(CatalogDbContext db, string slug, CancellationToken ct) =>
        Slug.CanBe(slug) ? await db.Services.OnSale().Where(s => s.Slug == slug).WithOffers().SingleOrDefaultAsync(ct) : null;

    private static IQueryable<Service> OnSale(this IQueryable<Service> services) => services.Where(s => s.IsActive && s.IsPublic);

    /// <summary>With the category and the plans that are sold, in their order.</summary>
    private static IQueryable<Service> WithOffers(this IQueryable<Service> services) => services.AsNoTracking()
        .Include(s => s.Category)
        .Include(s => s.Plans.Where(p => p.IsActive).OrderBy(p => p.SortOrder).ThenBy(p => p.Id));

    private static IEnumerable<Plan> Cheapest(IEnumerable<Plan> plans) =>
        plans.OrderBy(plan => plan.MonthlyPrice).ThenBy(plan => plan.SortOrder).Take(1);

    // The routes are anonymous, so a missing or bad token is no fault here: it just shows what everyone sees.
    private static bool IsAdministrator(ClaimsPrincipal user) => user.IsInRole(CurrentUser.Administrator);

    private static RefusalResult NoSuchService() =>
        CatalogRefusals.ServiceNotFound.ToProblem("GET /api/catalog/services lists the services that are on sale.");
}
