namespace Platform.Provisioner.Kubernetes;

internal sealed record Ingress : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("networking.k8s.io", "v1", "ingresses", "Ingress");
    public override ResourceType ResourceType() => Type;
    public IngressSpec? Spec { get; init; }

    internal sealed record IngressSpec
    {
        public string? IngressClassName { get; init; }
        public List<IngressTls>? Tls { get; init; }
        public List<IngressRule>? Rules { get; init; }
    }

    internal sealed record IngressTls(List<string> Hosts, string SecretName);

    internal sealed record IngressRule(string Host, HttpRule Http);

    internal sealed record HttpRule(List<HttpPath> Paths);

    internal sealed record HttpPath(string Path, string PathType, Backend Backend);

    internal sealed record Backend(BackendService Service);

    internal sealed record BackendService(string Name, BackendPort Port);

    internal sealed record BackendPort(string? Name, int? Number = null);
}

internal sealed record NetworkPolicy : KubernetesObject, IResource
{
    public static ResourceType Type { get; } = new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy");
    public override ResourceType ResourceType() => Type;
    public PolicySpec? Spec { get; init; }

    internal sealed record PolicySpec
    {
        public required LabelSelector PodSelector { get; init; }
        public List<string>? PolicyTypes { get; init; }
        public List<IngressRule>? Ingress { get; init; }
        public List<EgressRule>? Egress { get; init; }
    }

    internal sealed record IngressRule(List<Peer> From);

    internal sealed record EgressRule(List<Peer> To, List<PolicyPort>? Ports = null);

    internal sealed record Peer
    {
        public LabelSelector? PodSelector { get; init; }
        public LabelSelector? NamespaceSelector { get; init; }
        public IpBlock? IpBlock { get; init; }
    }

    internal sealed record IpBlock(string Cidr, List<string> Except);

    internal sealed record PolicyPort(string Protocol, int Port);
}
