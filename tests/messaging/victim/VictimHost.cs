using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Platform.Messaging.Victim;

/// <summary>One of the two services, in this process or in one of its own.</summary>
public static class VictimHost
{
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.SetMinimumLevel(builder.Configuration.GetValue("LogLevel", LogLevel.Warning));
        builder.Services.AddSingleton<Mood>();
        var role = builder.Configuration["Role"];
        var rabbit = builder.Configuration["RabbitMq"]!;
        if (role == "orders")
        {
            builder.AddStorage<OrdersDb>();
            builder.AddPlatformMessaging<OrdersDb>("orders", rabbit, bus => bus.Saga<OrderMachine, Order>());
        }
        else
        {
            builder.AddStorage<LedgerDb>();
            builder.AddPlatformMessaging<LedgerDb>("ledger", rabbit, bus => bus
                .Consume<ChargeConsumer>().Consume<CompletionConsumer>().Consume<FragileConsumer>().Consume<CountConsumer>()
                .Answer<ChargesQuery>().Ask<GetCharges>(TimeSpan.FromSeconds(5)));
        }

        replace?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGet("/alive", () => Environment.ProcessId);
        if (role == "orders")
            app.MapOrders();
        return app;
    }

    public static void MapEffects(this ModelBuilder model) => model.Entity<Effect>(effect =>
    {
        effect.ToTable("effects").HasKey(x => x.Id);
        effect.Property(x => x.Id).HasColumnName("id");
        effect.Property(x => x.OrderId).HasColumnName("order_id");
        effect.Property(x => x.Kind).HasColumnName("kind");
        effect.Property(x => x.TraceId).HasColumnName("trace_id");
    });

    private static void AddStorage<TDb>(this WebApplicationBuilder builder) where TDb : DbContext =>
        builder.Services.AddDbContext<TDb>((services, options) => options
            .UseNpgsql(builder.Configuration["Postgres"]).AddInterceptors(services.GetServices<IInterceptor>()));
}
