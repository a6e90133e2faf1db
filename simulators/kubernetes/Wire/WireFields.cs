using System.Globalization;

namespace Platform.Simulators.Kubernetes.Wire;

internal enum WireForm
{
    Single,
    List,
    Map,
    Ignored,
}

internal sealed record WireField(string Name, string Type, WireForm Form);

/// <summary>The field numbers of the messages that "kubectl create" sends, from the published .proto files of the API.</summary>
internal static class WireFields
{
    // "number name type": T[] is a list, {T} a map, - is read over (times and status that a client cannot set).
    private static readonly Dictionary<string, Dictionary<int, WireField>> Messages = Read("""
        ObjectMeta: 1 name string, 2 generateName string, 3 namespace string, 4 selfLink -, 5 uid string, 6 resourceVersion string,
          7 generation -, 8 creationTimestamp -, 11 labels {text}, 12 annotations {text}, 14 finalizers text[], 17 managedFields -
        Quantity: 1 string text
        Namespace: 1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status -
        NamespaceSpec: 1 finalizers text[]
        ConfigMap: 1 metadata ObjectMeta, 2 data {text}, 3 binaryData {bytes}, 4 immutable bool
        Secret: 1 metadata ObjectMeta, 2 data {bytes}, 3 type string, 4 stringData {text}, 5 immutable bool
        ServiceAccount: 1 metadata ObjectMeta, 4 automountServiceAccountToken bool
        ResourceQuota: 1 metadata ObjectMeta, 2 spec ResourceQuotaSpec, 3 status -
        ResourceQuotaSpec: 1 hard {quantity}, 2 scopes text[]
        Service: 1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status -
        ServiceSpec: 1 ports ServicePort[], 2 selector {text}, 3 clusterIP string, 4 type string, 7 sessionAffinity string,
          8 loadBalancerIP string, 10 externalName string, 11 externalTrafficPolicy string, 12 healthCheckNodePort -,
          13 publishNotReadyAddresses bool
        IntOrString: 1 type int, 2 intVal int, 3 strVal string
        ServicePort: 1 name string, 2 protocol string, 3 port int, 4 targetPort IntOrString, 5 nodePort -
        Deployment: 1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status -
        DeploymentSpec: 1 replicas int, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy,
          5 minReadySeconds -, 7 paused bool
        DeploymentStrategy: 1 type string
        LabelSelector: 1 matchLabels {text}
        PodTemplateSpec: 1 metadata ObjectMeta, 2 spec PodSpec
        PodSpec: 2 containers Container[], 3 restartPolicy string, 6 dnsPolicy string, 8 serviceAccountName string,
          9 serviceAccount string, 10 nodeName string, 11 hostNetwork bool, 12 hostPID bool, 13 hostIPC bool, 16 hostname string,
          17 subdomain string, 19 schedulerName string, 24 priorityClassName string
        Container: 1 name string, 2 image string, 3 command text[], 4 args text[], 5 workingDir string, 6 ports ContainerPort[],
          8 resources Resources, 13 terminationMessagePath string, 14 imagePullPolicy string, 16 stdin bool, 17 stdinOnce bool,
          18 tty bool, 20 terminationMessagePolicy string
        ContainerPort: 1 name string, 2 hostPort -, 3 containerPort int, 4 protocol string, 5 hostIP string
        Resources: 1 limits {quantity}, 2 requests {quantity}
        """);

    public static bool Knows(string kind) =>
        Messages.TryGetValue(kind, out var fields) && fields.ContainsKey(1) && fields[1].Type == "ObjectMeta";

    public static WireField? Of(string type, int number) => Messages.GetValueOrDefault(type)?.GetValueOrDefault(number);

    private static Dictionary<string, Dictionary<int, WireField>> Read(string text)
    {
        var messages = new Dictionary<string, Dictionary<int, WireField>>(StringComparer.Ordinal);
        foreach (var line in text.Replace("\n  ", " ", StringComparison.Ordinal).Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            messages[line[..colon]] = line[(colon + 1)..].Split(',')
                .Select(field => field.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .ToDictionary(words => int.Parse(words[0], CultureInfo.InvariantCulture), words => Field(words[1], words[2]));
        }

        return messages;
    }

    private static WireField Field(string name, string type) => type switch
    {
        "-" => new(name, "", WireForm.Ignored),
        _ when type.EndsWith("[]", StringComparison.Ordinal) => new(name, type[..^2], WireForm.List),
        _ when type.StartsWith('{') => new(name, type[1..^1], WireForm.Map),
        _ => new(name, type, WireForm.Single),
    };
}
