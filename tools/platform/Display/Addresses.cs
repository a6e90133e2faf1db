using Platform.Tool.Running;

namespace Platform.Tool.Display;

/// <summary>Where a person goes next.</summary>
internal static class Addresses
{
    private const string DemoUser = "demo@example.id";
    private const string Administrator = "admin@example.id";

    public static object Of(PlatformSystem system) => new
    {
        gateway = system.Gateway.GetLeftPart(UriPartial.Authority),
        payments = system.External.Midtrans?.CoreUrl ?? system.Ports.UrlOf(Applications.MidtransSimulator),
        kubeconfig = system.External.KubeconfigPath ?? system.Layout.KubeconfigFile,
        rabbitMqManagement = $"http://127.0.0.1:{system.RabbitMq.Ports.Management}",
        demoUser = new { email = DemoUser, password = system.Secrets.DemoPassword },
        administrator = new { email = Administrator, password = system.Secrets.AdminPassword },
    };

    public static string Text(PlatformSystem system)
    {
        var gateway = system.Gateway.GetLeftPart(UriPartial.Authority);
        var payments = system.External.Midtrans is { } account
            ? $"Midtrans account {account.MerchantId} at {account.CoreUrl}"
            : $"{system.Ports.UrlOf(Applications.MidtransSimulator)}   (a simulator: no real money moves)";
        var kubeconfig = system.External.KubeconfigPath ?? Short(system.Layout.KubeconfigFile);
        var simulated = system.External.KubeconfigPath is null ? "   (a simulator: nothing really runs)" : "";
        return $"""

              API            {gateway}/api
              Demo user      {DemoUser} / {system.Secrets.DemoPassword}
              Administrator  {Administrator} / {system.Secrets.AdminPassword}
              Payments       {payments}
              Cluster        kubectl --kubeconfig {kubeconfig} get pods -A{simulated}
              RabbitMQ UI    http://127.0.0.1:{system.RabbitMq.Ports.Management}   (platform / {system.Secrets.RabbitMq})
              Data           {Short(system.Layout.Home)}   (development only: PostgreSQL runs without fsync here)
              Logs           {Short(system.Layout.Logs)}

            Next: ./platform demo   Look: ./platform status   Stop: ./platform down   Start clean: ./platform up --fresh
            """;
    }

    private static string Short(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
