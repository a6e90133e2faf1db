using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Pricing;
using Platform.Subscriptions.Timeline;

namespace Platform.Subscriptions.Storage;

internal sealed class SubscriptionsDbContext(DbContextOptions<SubscriptionsDbContext> options) : DbContext(options)
{
    public const string Schema = "subscriptions";

    public DbSet<Subscription> Subscriptions => Set<Subscription>();
    public DbSet<Charge> Charges => Set<Charge>();
    public DbSet<Decision> Decisions => Set<Decision>();
    public DbSet<TimelineEntry> Timeline => Set<TimelineEntry>();
    public DbSet<InstanceCopy> Instances => Set<InstanceCopy>();
    public DbSet<ServiceCopy> Services => Set<ServiceCopy>();
    public DbSet<PlanCopy> Plans => Set<PlanCopy>();
    public DbSet<Quote> Quotes => Set<Quote>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Money>().HaveConversion<MoneyColumn>();
        configurationBuilder.Properties<SubscriptionStatus>().HaveConversion<WireEnumColumn<SubscriptionStatus>>();
        configurationBuilder.Properties<SubscriptionPhase>().HaveConversion<WireEnumColumn<SubscriptionPhase>>();
        configurationBuilder.Properties<PlanTier>().HaveConversion<WireEnumColumn<PlanTier>>();
        configurationBuilder.Properties<QuoteAction>().HaveConversion<WireEnumColumn<QuoteAction>>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddMessaging();
        modelBuilder.AddIdempotencyKeys();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(SubscriptionsDbContext).Assembly);
    }
}

/// <summary>Lets <c>dotnet ef</c> build the model without a running service.</summary>
internal sealed class SubscriptionsDbContextFactory : IDesignTimeDbContextFactory<SubscriptionsDbContext>
{
    public SubscriptionsDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SubscriptionsDbContext>()
        .UseNpgsql("Host=localhost", npgsql => npgsql.MigrationsHistoryTable("migrations", SubscriptionsDbContext.Schema)).Options);
}
