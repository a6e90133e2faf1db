using System.Text;

namespace Platform.Tool.Layout;

/// <summary>The file by which the provisioner, and anybody's kubectl, reach the simulated cluster.</summary>
internal static class Kubeconfig
{
    /// <param name="layout">Where the file goes.</param>
    /// <param name="server">The address of the cluster.</param>
    /// <param name="certificate">Whom to trust there, as PEM.</param>
    /// <param name="token">What to say there.</param>
    public static void Write(
        PlatformLayout layout, Uri server, string certificate, string token) => PrivateFile.Write(layout.KubeconfigFile, $"""
        apiVersion: v1
        kind: Config
        current-context: simulator
        clusters:
        - name: simulator
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate))}
        users:
        - name: platform
          user:
            token: {token}
        contexts:
        - name: simulator
          context:
            cluster: simulator
            user: platform

        """);
}
