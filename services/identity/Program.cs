using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Identity.Accounts;
using Platform.Identity.Keys;
using Platform.Identity.Passwords;
using Platform.Identity.Sessions;
using Platform.Identity.Storage;
using Platform.Identity.Tokens;
using Platform.Messaging;

return await PlatformHost.RunAsync<UsersDbContext>(args, "identity", builder =>
{
    builder.AddPlatformStorage<UsersDbContext>(UsersDbContext.Schema);
    builder.AddPlatformMessaging<UsersDbContext>("identity", builder.Configuration.RequiredConnection("RabbitMq"), _ => { });
    builder.Services.AddValidation();

    builder.Services.AddOptions<PasswordSettings>().BindConfiguration(PasswordSettings.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<LockOutOptions>().BindConfiguration(LockOutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<SessionSettings>().BindConfiguration(SessionSettings.Section).ValidateDataAnnotations().ValidateOnStart();
    builder.Services.AddOptions<SigningKeyOptions>().BindConfiguration(SigningKeyOptions.Section).ValidateOnStart();
    builder.Services.AddOptions<FirstAccountOptions>().BindConfiguration(FirstAccountOptions.Section).ValidateOnStart();
    builder.Services.AddSingleton<IValidateOptions<SigningKeyOptions>, SigningKeyOptionsCheck>();
    builder.Services.AddSingleton<IValidateOptions<FirstAccountOptions>, FirstAccountOptionsCheck>();

    builder.Services.AddIdentityCore<User>().AddEntityFrameworkStores<UsersDbContext>();
    builder.Services.AddOptions<PasswordHasherOptions>().Configure<IOptions<PasswordSettings>>((hasher, own) =>
        hasher.IterationCount = own.Value.Iterations);
    builder.Services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
    builder.Services.AddSingleton<PasswordRules>().AddSingleton<PasswordHashing>();
    builder.Services.AddSingleton<SigningKeys>().AddSingleton<AccessTokens>();
    builder.Services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, OwnTokens>();
    builder.Services.AddScoped<Accounts>().AddScoped<LockOut>().AddScoped<SignInSessions>();
    builder.Services.AddHostedService<SigningKeyWatch>().AddHostedService<FirstAccounts>().AddHostedService<SessionCleaner>();
}, app =>
{
    app.MapRegistration();
    app.MapSignIn();
    app.MapProfile();
    app.MapDiscovery();
});
