using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Platform.Provisioner.Kubernetes;

/// <summary>A setting of the cluster's connection is missing, unreadable or not allowed. The message names it and the remedy.</summary>
internal sealed class ClusterConfigurationException(string message) : Exception(message);

/// <summary>The parts of a kubeconfig that we use; everything else in the file is ignored.</summary>
internal sealed class Kubeconfig
{
    public string? CurrentContext { get; set; }
    public List<NamedCluster> Clusters { get; set; } = [];
    public List<NamedUser> Users { get; set; } = [];
    public List<NamedContext> Contexts { get; set; } = [];

    internal sealed class NamedCluster
    {
        public string Name { get; set; } = "";
        public ClusterEntry Cluster { get; set; } = new();
    }

    internal sealed class NamedUser
    {
        public string Name { get; set; } = "";
        public UserEntry User { get; set; } = new();
    }

    internal sealed class NamedContext
    {
        public string Name { get; set; } = "";
        public ContextEntry Context { get; set; } = new();
    }

    internal sealed class ClusterEntry
    {
        public string? Server { get; set; }
        public string? CertificateAuthority { get; set; }
        public string? CertificateAuthorityData { get; set; }
        public string? TlsServerName { get; set; }
        public bool InsecureSkipTlsVerify { get; set; }
    }

    internal sealed class UserEntry
    {
        public string? Token { get; set; }
        [YamlMember(Alias = "tokenFile", ApplyNamingConventions = false)] public string? TokenFile { get; set; }
        public string? ClientCertificate { get; set; }
        public string? ClientCertificateData { get; set; }
        public string? ClientKey { get; set; }
        public string? ClientKeyData { get; set; }
        public object? Exec { get; set; }
        public object? AuthProvider { get; set; }
    }

    internal sealed class ContextEntry
    {
        public string Cluster { get; set; } = "";
        public string User { get; set; } = "";
    }

    /// <exception cref="ClusterConfigurationException">The file is missing or not a kubeconfig.</exception>
    public static Kubeconfig Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterConfigurationException($"Kubernetes:KubeconfigPath names {path}, which cannot be read ({e.GetType().Name}).");
        }

        try
        {
            return new DeserializerBuilder().WithNamingConvention(HyphenatedNamingConvention.Instance).IgnoreUnmatchedProperties().Build()
                .Deserialize<Kubeconfig?>(text) ?? throw new ClusterConfigurationException($"The kubeconfig {path} is empty.");
        }
        catch (YamlException e)
        {
            // The parser's own text may quote the file, and so a token.
            throw new ClusterConfigurationException($"The kubeconfig {path} is not valid YAML at line {e.Start.Line}.");
        }
    }

    /// <summary>Cluster and user of the current context.</summary>
    public (ClusterEntry Cluster, UserEntry User) Current()
    {
        var context = Contexts.Find(c => c.Name == CurrentContext)?.Context
            ?? throw new ClusterConfigurationException($"The kubeconfig has no context '{CurrentContext}' (current-context).");
        var cluster = Clusters.Find(c => c.Name == context.Cluster)?.Cluster
            ?? throw new ClusterConfigurationException($"The kubeconfig has no cluster '{context.Cluster}'.");
        var user = Users.Find(u => u.Name == context.User)?.User ?? new();
        if (user.Exec is not null || user.AuthProvider is not null)
            throw new ClusterConfigurationException(
                "The kubeconfig's user runs a program to sign in (exec, auth-provider). Give a token or a client certificate.");
        return (cluster, user);
    }
}
