using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Messaging;
using Platform.Provisioner;
using Platform.Provisioner.ClusterViews;
using Platform.Provisioner.Instances;
using Platform.Provisioner.Kubernetes;
using Platform.Provisioner.Metrics;
using Platform.Provisioner.Reconcile;
using Platform.Provisioner.Storage;

return await PlatformHost.RunAsync<ProvisionerDbContext>(args, "provisioner", builder =>
{
    builder.AddPlatformStorage<ProvisionerDbContext>(ProvisionerDbContext.Schema);
    builder.AddPlatformMessaging<ProvisionerDbContext>("provisioner", builder.Configuration.RequiredConnection("RabbitMq"), bus => bus
        .Consume<ProvisionInstanceConsumer>()
        .Consume<ResizeInstanceConsumer>()
        .Consume<TerminateInstanceConsumer>()
        .Answer<GetInstanceMetricsConsumer>());
    builder.Services.AddValidation();
    builder.Services.AddOptions<ProvisionerOptions>().BindConfiguration(ProvisionerOptions.Section).ValidateDataAnnotations()
        .ValidateOnStart();
    builder.Services.AddOptions<KubernetesOptions>().BindConfiguration(KubernetesOptions.Section).ValidateDataAnnotations()
        .ValidateOnStart();
    builder.Services.AddSingleton<IValidateOptions<KubernetesOptions>, KubernetesOptionsCheck>();

    builder.Services.AddSingleton(services => ClusterConnection.Open(
        services.GetRequiredService<IOptions<KubernetesOptions>>().Value, builder.Environment.IsProduction()));
    builder.Services.AddSingleton<KubernetesClient>();
    builder.Services.AddSingleton<MetricSamples>();
    builder.Services.AddSingleton<LogStreams>();

    builder.Services.AddSingleton<ReconcileQueue>();
    builder.Services.AddSingleton<IInterceptor, WakeAfterCommit>();
    builder.Services.AddSingleton<Claims>();
    builder.Services.AddSingleton<MassDeleteGuard>();
    builder.Services.AddSingleton<Deploying>();
    builder.Services.AddSingleton<Terminating>();
    builder.Services.AddHostedService<ReconcileWorkers>();
    builder.Services.AddHostedService<ClusterWatch>();
    builder.Services.AddHostedService<OrphanPatrol>();
}, app =>
{
    app.MapInstances();
    app.MapClusterViews();
});
