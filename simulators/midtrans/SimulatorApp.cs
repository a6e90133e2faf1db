using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Simulators.Midtrans.Cards;
using Platform.Simulators.Midtrans.Control;
using Platform.Simulators.Midtrans.Core;
using Platform.Simulators.Midtrans.Faults;
using Platform.Simulators.Midtrans.Notifications;
using Platform.Simulators.Midtrans.Pages;
using Platform.Simulators.Midtrans.Payments;
using Platform.Simulators.Midtrans.Snap;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans;

internal static class SimulatorApp
{
    /// <returns>The application, or null when a setting stands in the way; one line about it goes to <paramref name="errors"/>.</returns>
    public static WebApplication? Build(string[] args, TimeProvider clock, TextWriter errors)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        var (options, refusal) = SimulatorOptions.Read(builder.Configuration, builder.Environment.EnvironmentName);
        if (options is null)
        {
            errors.WriteLine(refusal);
            return null;
        }

        builder.Logging.ClearProviders().AddJsonConsole();
        // Request lines would write card numbers of GET /v2/token into the log.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        AddServices(builder.Services, options, clock);

        var app = builder.Build();
        app.UseEmptyIds();
        app.UseRouting();
        app.MapSnap();
        app.MapCore();
        app.MapCustomerPages();
        app.MapAssets();
        app.MapControl();
        return app;
    }

    private static void AddServices(IServiceCollection services, SimulatorOptions options, TimeProvider clock)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        });
        services.AddSingleton(options).AddSingleton(clock);
        services.AddSingleton<Gateway>().AddSingleton<Chance>();
        services.AddSingleton<StateFile>().AddHostedService(provider => provider.GetRequiredService<StateFile>());
        services.AddSingleton<TransactionBodies>().AddSingleton<Announcer>().AddSingleton<Dispatcher>();
        services.AddSingleton<Lifecycle>().AddSingleton<Charging>().AddSingleton<SnapPayments>().AddSingleton<CardTokens>();
        services.AddSingleton<FaultDesk>().AddSingleton<IdempotencyKeys>();
        services.AddSingleton<CoreReplies>().AddSingleton<CoreCalls>().AddSingleton<ChargeCall>();
        services.AddSingleton<TransactionCalls>().AddSingleton<RefundCalls>().AddSingleton<CustomerPages>();
        services.AddSingleton<SnapCalls>().AddSingleton<PaymentPages>();
        services.AddSingleton<OrderControl>().AddSingleton<BankControl>().AddSingleton<ControlActions>();
        services.AddHostedService<Clockwork>();
    }
}
