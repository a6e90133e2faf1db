using Platform.Hosting;
using Platform.Messaging;
using Platform.Wallets;

return await PlatformHost.RunAsync<WalletDbContext>(args, "wallet", builder =>
{
    builder.AddPlatformStorage<WalletDbContext>("wallet");
    builder.AddPlatformMessaging<WalletDbContext>("wallet", builder.Configuration.RequiredConnection("RabbitMq"), bus => bus
        .Consume<HoldFundsConsumer>()
        .Consume<CaptureHoldConsumer>()
        .Consume<ReleaseHoldConsumer>()
        .Consume<RefundChargeConsumer>()
        .Consume<UserRevisedConsumer>()
        .Consume<ServiceRevisedConsumer>()
        .Consume<WelcomeBonusConsumer>()
        .Consume<ReserveCouponConsumer>()
        .Consume<ConfirmCouponConsumer>()
        .Consume<ReleaseCouponConsumer>()
        .Answer<GetCouponWorthConsumer>()
        .Consume<LiveSubscriptionConsumer>()
        .Answer<GetWalletBalanceConsumer>());
    builder.Services.AddValidation();
    builder.AddMidtrans();
    builder.AddCoupons();
    builder.Services.AddScoped<Ledger>();
    builder.Services.AddSingleton<GroupCommit>();
    builder.Services.AddScoped<OpeningTopUps>();
    builder.Services.AddScoped<Settlement>();
    builder.Services.AddScoped<TopUpCheck>();
    builder.Services.AddScoped<MidtransWebhook>();
    builder.Services.AddSingleton<NotificationTurns>();
    builder.Services.AddSingleton<NotificationStore>();
    builder.Services.AddSingleton<SettlementGroup>();
    builder.Services.AddSingleton<Strangers>();
    builder.Services.AddHostedService<ForgetStrangers>();
    builder.Services.AddOptions<AdjustmentOptions>().BindConfiguration(AdjustmentOptions.Section).ValidateDataAnnotations()
        .ValidateOnStart();
    builder.Services.AddSingleton<Adjustments>();
    builder.Services.AddScoped<Adjusting>();
    builder.Services.AddHostedService<ExpireHolds>();
    builder.Services.AddHostedService<RecheckTopUps>();
    builder.AddReconciliation();
}, app =>
{
    app.UseRateLimiter();
    var wallet = app.MapGroup("/api/wallet").WithTags("Wallet").RequireAuthorization();
    wallet.MapBalances();
    wallet.MapTransactions();
    wallet.MapTopUps();
    wallet.MapLedger();
    wallet.MapHolds();
    wallet.MapCoupons();
    wallet.MapMidtransWebhook();

    var wallets = app.MapGroup("/api/admin/wallets").WithTags("Wallets").RequireAuthorization(Tokens.AdministratorPolicy);
    wallets.MapAdjustments();
    wallets.MapBulkAdjustment();
    wallets.MapApprovals();
    wallets.MapWalletStatistics();
    wallets.MapWalletOverview();
    wallets.MapWalletDetails();
    app.MapCouponAdministration();
    app.MapReconciliation();
});
