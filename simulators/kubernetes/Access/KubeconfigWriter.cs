using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Platform.Simulators.Kubernetes.Access;

/// <summary>Writes a kubeconfig for the real address once it is known, readable by its owner only.</summary>
internal sealed class KubeconfigWriter(
    SimulatorOptions options, ServerCertificate certificate, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.KubeconfigFile is { } file)
        {
            lifetime.ApplicationStarted.Register(() => Write(file));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Write(string file)
    {
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var authority = address.StartsWith("https:", StringComparison.Ordinal)
            ? "\n    certificate-authority-data: "
                + Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate.Certificate.ExportCertificatePem()))
            : "";
        var token = string.IsNullOrEmpty(options.Token) ? "{}" : $"{{token: {options.Token}}}";
        var text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: simulator
              cluster:
                server: {address}{authority}
            users:
            - name: simulator
              user: {token}
            contexts:
            - name: simulator
              context: {"{cluster: simulator, user: simulator}"}
            current-context: simulator

            """;
        var temporary = $"{file}.{Environment.ProcessId}";
        var creation = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, creation))
        {
            writer.Write(text);
        }

        File.Move(temporary, file, overwrite: true);
    }
}
