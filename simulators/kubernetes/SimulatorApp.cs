using System.ComponentModel.DataAnnotations;
using Platform.Simulators.Kubernetes.Access;
using Platform.Simulators.Kubernetes.Api;
using Platform.Simulators.Kubernetes.Controllers;
using Platform.Simulators.Kubernetes.Faults;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Workloads;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes;

/// <summary>Puts the simulator together; the program and the tests both start it through here.</summary>
internal static class SimulatorApp
{
    private static readonly Dictionary<string, string> Switches = new(StringComparer.Ordinal)
    {
        ["--seed"] = "Simulator:Seed",
        ["--pace"] = "Simulator:Pace",
    };

    private const long LargestBody = 3 * 1024 * 1024;

    /// <param name="args">Configuration as on the command line: --Simulator:Token=..., --urls=...</param>
    /// <exception cref="InvalidOperationException">The environment is Production, or a setting is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        if (builder.Environment.IsProduction() && builder.Configuration["environment"] is not null)
        {
            throw new InvalidOperationException(
                "This is a simulator of Kubernetes. It does not start when ASPNETCORE_ENVIRONMENT is Production.");
        }

        builder.Configuration.AddCommandLine(args, Switches);
        var options = builder.Configuration.GetSection(SimulatorOptions.Section).Get<SimulatorOptions>() ?? new();
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.ConfigureHttpsDefaults(https =>
                https.ServerCertificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>().Certificate);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        AddCluster(builder.Services, options);

        var app = builder.Build();
        app.Services.GetRequiredService<ControlLoop>();
        if (!app.Services.GetRequiredService<StateFile>().Load())
        {
            app.Services.GetRequiredService<ClusterSeed>().Plant();
        }

        app.UseMiddleware<TokenGate>();
        app.UseRouting();
        app.MapGet("/", () => "This is a simulator of a Kubernetes cluster, for development and tests. Nothing that it reports runs.\n");
        foreach (var path in new[] { "/healthz", "/readyz", "/livez" })
        {
            app.MapGet(path, () => "ok");
        }

        app.Services.GetRequiredService<ControlEndpoints>().Map(app);
        app.UseMiddleware<FaultGate>();
        app.MapFallback("{**path}", (HttpContext http, ApiServer server) => server.Handle(http));
        return app;
    }

    private static void AddCluster(IServiceCollection services, SimulatorOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(Pace.Named(options.Pace));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new ObjectStore(options.HistoryLength));
        services.AddSingleton(provider => new Identifiers(provider.GetRequiredService<ObjectStore>(), options.Seed));
        services.AddSingleton<Admission>();
        services.AddSingleton<Intake>();
        services.AddSingleton<ObjectWriter>();
        services.AddSingleton<ObjectRemover>();
        services.AddSingleton<EventRecorder>();
        services.AddSingleton<PodRules>();
        services.AddSingleton<PodStatusWriter>();
        services.AddSingleton<DeploymentStatus>();
        services.AddTransient<Stopwatches>();
        services.AddSingleton<IController, NamespaceController>();
        services.AddSingleton<IController, GarbageCollector>();
        services.AddSingleton<IController, DeploymentController>();
        services.AddSingleton<IController, ReplicaSetController>();
        services.AddSingleton<IController, Scheduler>();
        services.AddSingleton<IController, VolumeBinder>();
        services.AddSingleton<IController, Kubelet>();
        services.AddSingleton<IController, QuotaController>();
        services.AddSingleton<IController, AddressController>();
        services.AddSingleton<ControlLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<ControlLoop>());
        services.AddSingleton<ClusterSeed>();
        services.AddSingleton<LogBook>();
        services.AddSingleton<MetricsBoard>();
        services.AddSingleton<ReadEndpoints>();
        services.AddSingleton<WatchEndpoint>();
        services.AddSingleton<WriteEndpoints>();
        services.AddSingleton<DeleteEndpoints>();
        services.AddSingleton<LogEndpoint>();
        services.AddSingleton<ScaleEndpoint>();
        services.AddSingleton<ApiServer>();
        services.AddSingleton<FaultRules>();
        services.AddSingleton<RequestLedger>();
        services.AddSingleton<ControlEndpoints>();
        services.AddSingleton<StateFile>();
        services.AddHostedService(provider => provider.GetRequiredService<StateFile>());
        services.AddSingleton<ServerCertificate>();
        services.AddHostedService<KubeconfigWriter>();
    }
}
