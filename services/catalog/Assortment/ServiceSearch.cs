using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Catalog.Assortment;

/// <summary>What a visitor looks for. Absent wishes do not narrow the search.</summary>
/// <param name="MinPrice">With <paramref name="MaxPrice"/>: an active plan must lie in this range; the cheapest such plan is shown.</param>
internal sealed record ServiceSearch(string? Text, string? Category, bool? Featured, Money? MinPrice, Money? MaxPrice)
{
    private const int MaxText = 100;
    private const long MaxPriceRupiah = 100_000_000;
    private const string Escape = "\\";

    public static ServiceSearch Read(QueryReader query)
    {
        var search = new ServiceSearch(
            query.Text("q", MaxText), query.SlugOf("category"), query.Boolean("featured"),
            query.Integer("minPrice", 0, MaxPriceRupiah) is { } min ? Money.Idr(min) : null,
            query.Integer("maxPrice", 0, MaxPriceRupiah) is { } max ? Money.Idr(max) : null);
        if (search.MinPrice > search.MaxPrice)
            query.Fault("maxPrice", "maxPrice must not be less than minPrice.");
        return search;
    }

    public IQueryable<Service> In(IQueryable<Service> services)
    {
        if (Text is { } text)
        {
            var (pattern, tag) = ($"%{Literally(text)}%", text.ToLowerInvariant());
            services = services.Where(s => EF.Functions.ILike(s.Name, pattern, Escape)
                || EF.Functions.ILike(s.Description, pattern, Escape)
                || (s.LongDescription != null && EF.Functions.ILike(s.LongDescription, pattern, Escape))
                || s.Tags.Contains(tag));
        }

        if (Category is not null)
            services = services.Where(s => s.Category.Slug == Category);
        if (Featured is not null)
            services = services.Where(s => s.IsFeatured == Featured);
        if (MinPrice is not null || MaxPrice is not null)
        {
            var (min, max) = (MinPrice ?? Money.Zero, MaxPrice ?? Money.Idr(MaxPriceRupiah));
            services = services.Where(s => s.Plans.Any(p => p.IsActive && p.MonthlyPrice >= min && p.MonthlyPrice <= max));
        }

        return services;
    }

    public bool Fits(Plan plan) => !(plan.MonthlyPrice < MinPrice) && !(plan.MonthlyPrice > MaxPrice);

    /// <summary>The wildcards of LIKE are ordinary characters to whoever types them.</summary>
    private static string Literally(string text) => text
        .Replace(Escape, Escape + Escape, StringComparison.Ordinal)
        .Replace("%", Escape + "%", StringComparison.Ordinal)
        .Replace("_", Escape + "_", StringComparison.Ordinal);
}
