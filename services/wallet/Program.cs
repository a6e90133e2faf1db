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
        .Consume<UserRevisedConsumer>()
        .Answer<GetWalletBalanceConsumer>());
    builder.Services.AddValidation();
    builder.AddMidtrans();
    builder.Services.AddScoped<Ledger>();
    builder.Services.AddSingleton<GroupCommit>();
    builder.Services.AddHostedService(services => services.GetRequiredService<GroupCommit>());
    builder.Services.AddScoped<OpeningTopUps>();
    builder.Services.AddScoped<Settlement>();
    builder.Services.AddScoped<TopUpCheck>();
    builder.Services.AddScoped<MidtransWebhook>();
    builder.Services.AddSingleton<Strangers>();
    builder.Services.AddHostedService<ForgetStrangers>();
    builder.Services.AddHostedService<ExpireHolds>();
    builder.Services.AddHostedService<RecheckTopUps>();
}, app =>
{
    var wallet = app.MapGroup("/api/wallet").WithTags("Wallet").RequireAuthorization();
    wallet.MapBalances();
    wallet.MapTransactions();
    wallet.MapTopUps();
    wallet.MapLedger();
    wallet.MapHolds();
    wallet.MapMidtransWebhook();
});
