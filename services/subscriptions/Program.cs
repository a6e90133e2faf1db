using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;
using Platform.Subscriptions.Assortment;
using Platform.Subscriptions.Cancellation;
using Platform.Subscriptions.Coupons;
using Platform.Subscriptions.Instances;
using Platform.Subscriptions.Life;
using Platform.Subscriptions.Pricing;
using Platform.Subscriptions.Purchase;
using Platform.Subscriptions.Storage;
using Platform.Subscriptions.Timeline;
using Platform.Subscriptions.Upgrade;

return await PlatformHost.RunAsync<SubscriptionsDbContext>(args, "subscriptions", builder =>
{
    builder.AddPlatformStorage<SubscriptionsDbContext>(SubscriptionsDbContext.Schema);
    builder.AddPlatformMessaging<SubscriptionsDbContext>("subscriptions", builder.Configuration.RequiredConnection("RabbitMq"), bus => bus
        .Saga<PurchaseSaga, PurchaseState>()
        .Saga<UpgradeSaga, UpgradeState>()
        .Saga<CancellationSaga, CancellationState>()
        .Consume<ServiceRevisedConsumer>()
        .Consume<InstanceChangedConsumer>()
        .Consume<InstanceProgressedConsumer>()
        .Ask<GetWalletBalance>(TimeSpan.FromSeconds(2))
        .Ask<GetCouponWorth>(TimeSpan.FromSeconds(2))
        .Ask<GetInstanceMetrics>(TimeSpan.FromSeconds(5)));
    builder.Services.AddValidation();
    builder.Services.AddOptions<LifecycleOptions>().BindConfiguration(LifecycleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddScoped<Lifecycle>();
    builder.Services.AddScoped<Eligibility>();
    builder.Services.AddScoped<CouponInquiry>();
    builder.Services.AddScoped<Deployments>();
    builder.Services.AddSingleton<Changes>();
    builder.Services.AddHostedService(services => services.GetRequiredService<Changes>());
}, app =>
{
    app.MapQuotes();
    app.MapSubscriptionReads();
    app.MapSubscribe();
    app.MapUpgrade();
    app.MapCancel();
    app.MapMetrics();
    app.MapTimeline();
});
