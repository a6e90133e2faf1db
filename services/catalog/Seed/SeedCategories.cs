using Platform.Catalog.Assortment;

namespace Platform.Catalog.Seed;

internal static class SeedCategories
{
    public static readonly Guid DevelopmentTools = new("01980000-0000-7000-8000-0000000000c1");
    public static readonly Guid ContentManagement = new("01980000-0000-7000-8000-0000000000c2");
    public static readonly Guid Databases = new("01980000-0000-7000-8000-0000000000c3");

    public static IReadOnlyList<Category> All(DateTimeOffset now) =>
    [
        Shelf(DevelopmentTools, "Development Tools", "development-tools", "Automation and tools for developers", 1, now),
        Shelf(ContentManagement, "Content Management", "cms", "Blogs, publications and websites", 2, now),
        Shelf(Databases, "Databases", "databases", "Managed databases", 3, now),
    ];

    private static Category Shelf(Guid id, string name, string slug, string description, int sortOrder, DateTimeOffset now) => new()
    {
        Id = id, Name = name, Slug = slug, Description = description, SortOrder = sortOrder, CreatedAt = now, UpdatedAt = now,
    };
}
