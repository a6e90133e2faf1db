using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Platform.Catalog.Storage;

/// <summary>Lets <c>dotnet ef</c> see the model without starting the service; nothing is connected to.</summary>
internal sealed class DesignTimeCatalog : IDesignTimeDbContextFactory<CatalogDbContext>
{
    public CatalogDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<CatalogDbContext>()
        .UseNpgsql("Host=localhost;Database=design", npgsql => npgsql.MigrationsHistoryTable("migrations", CatalogDbContext.Schema))
        .Options);
}
