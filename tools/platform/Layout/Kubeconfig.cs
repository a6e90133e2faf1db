namespace Platform.Tool.Layout;

/// <summary>The file by which the provisioner, and anybody's kubectl, reach the simulated cluster.</summary>
internal static class Kubeconfig
{
    public static void Write(PlatformLayout layout, Uri server, string token) => PrivateFile.Write(layout.KubeconfigFile, $"""
        apiVersion: v1
        kind: Config
        current-context: simulator
        clusters:
        - name: simulator
          cluster:
            server: {server.GetLeftPart(UriPartial.Authority)}
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
