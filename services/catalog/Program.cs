using Platform.Catalog.Assortment;
using Platform.Catalog.Seats;
using Platform.Catalog.Seed;
using Platform.Catalog.Storage;
using Platform.Hosting;
using Platform.Messaging;

return await PlatformHost.RunAsync<CatalogDbContext>(args, "catalog", builder =>
{
    builder.AddPlatformStorage<CatalogDbContext>(CatalogDbContext.Schema);
    builder.AddPlatformMessaging<CatalogDbContext>("catalog", builder.Configuration.RequiredConnection("RabbitMq"), bus => bus
        .Consume<ReserveSeatConsumer>()
        .Consume<ConfirmSeatConsumer>()
        .Consume<ReleaseSeatConsumer>());
    builder.Services.AddOptions<SeatOptions>().BindConfiguration(SeatOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddHostedService<ExpireReservations>();
    builder.Services.AddScoped<AssortmentSeed>();
    builder.Services.AddSingleton<SeedAtStart>();
    builder.Services.AddHostedService(services => services.GetRequiredService<SeedAtStart>());
    builder.Services.AddHealthChecks().AddCheck<SeedAtStart>("assortment", tags: ["ready"]);
}, app =>
{
    app.MapAssortment();
});
