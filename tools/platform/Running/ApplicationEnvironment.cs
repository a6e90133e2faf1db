using Platform.Tool.Layout;
using Platform.Tool.Servers;

namespace Platform.Tool.Running;

/// <summary>The settings that each program gets: the only place where addresses and secrets of different programs meet.</summary>
internal sealed class ApplicationEnvironment(
    PlatformLayout layout, Secrets secrets, PortTable ports, string rabbitMqConnection, ExternalSystems external)
{
    public IReadOnlyDictionary<string, string?> Of(Application application)
    {
        var settings = Common(application);
        if (application.Kind == ApplicationKind.Service)
        {
            AddServiceSettings(settings, application.Name);
        }

        foreach (var (name, value) in Own(application.Name))
        {
            settings[name] = value;
        }

        return settings;
    }

    private Dictionary<string, string?> Common(Application application) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["DOTNET_ENVIRONMENT"] = "Development",
        ["ASPNETCORE_URLS"] = ports.UrlOf(application.Name),
        ["DOTNET_NOLOGO"] = "1",
        // Eight processes on a small machine: profiling code for a second compilation costs more than it gives.
        ["DOTNET_TieredPGO"] = "0",
        ["PLATFORM_FAULTS"] = layout.Faults,
    };

    private void AddServiceSettings(Dictionary<string, string?> settings, string service)
    {
        var connection = new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = ports[Applications.Postgres],
            Database = PlatformDatabase.Name,
            Username = service,
            Password = secrets.DatabaseRoles[service],
            SearchPath = service,
            MaxPoolSize = 20,
        };
        settings["ConnectionStrings__Postgres"] = connection.ConnectionString;
        settings["ConnectionStrings__RabbitMq"] = rabbitMqConnection;
        settings["Auth__Authority"] = ports.UrlOf("identity");
        settings["Auth__Issuer"] = "platform";
        settings["Auth__Audience"] = "platform";
    }

    private Dictionary<string, string?> Own(string application) => application switch
    {
        "identity" => new()
        {
            ["Identity__SigningKeysDirectory"] = layout.Keys,
            ["Identity__Demo__Password"] = secrets.DemoPassword,
            ["Identity__Demo__AdminPassword"] = secrets.AdminPassword,
        },
        "wallet" => MidtransSettings(),
        Applications.MidtransSimulator => new(MidtransSettings())
        {
            ["Midtrans__NotificationUrl"] = ports.UrlOf(Applications.Gateway) + "/api/wallet/webhook/midtrans",
            ["Simulator__StateFile"] = layout.MidtransStateFile,
        },
        "provisioner" => new()
        {
            ["Kubernetes__KubeconfigPath"] = external.KubeconfigPath ?? layout.KubeconfigFile,
            ["Kubernetes__BaseDomain"] = "apps.localhost",
            ["Kubernetes__UrlScheme"] = "http",
        },
        Applications.KubernetesSimulator => new()
        {
            ["Simulator__Token"] = secrets.KubernetesToken,
            ["Simulator__CertificateFile"] = layout.ClusterCertificateFile,
            ["Simulator__StateFile"] = layout.KubernetesStateFile,
        },
        Applications.Gateway => new()
        {
            ["Auth__Authority"] = ports.UrlOf("identity"),
            ["Auth__Issuer"] = "platform",
            ["Auth__Audience"] = "platform",
            ["Services__Identity"] = ports.UrlOf("identity"),
            ["Services__Catalog"] = ports.UrlOf("catalog"),
            ["Services__Wallet"] = ports.UrlOf("wallet"),
            ["Services__Subscriptions"] = ports.UrlOf("subscriptions"),
            ["Services__Provisioner"] = ports.UrlOf("provisioner"),
            ["Cors__Origins__0"] = "http://localhost:3100",
            // One developer, from one address, is the whole crowd here.
            ["RateLimits__Factor"] = "100",
        },
        _ => [],
    };

    private Dictionary<string, string?> MidtransSettings()
    {
        var simulator = ports.UrlOf(Applications.MidtransSimulator);
        var account = external.Midtrans ?? new(
            secrets.MidtransServerKey, secrets.MidtransClientKey, secrets.MidtransMerchantId, simulator + "/", simulator + "/snap/v1/");
        return new()
        {
            ["Midtrans__ServerKey"] = account.ServerKey,
            ["Midtrans__ClientKey"] = account.ClientKey,
            ["Midtrans__MerchantId"] = account.MerchantId,
            ["Midtrans__CoreUrl"] = account.CoreUrl,
            ["Midtrans__SnapUrl"] = account.SnapUrl,
        };
    }
}
