using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Platform.Contracts;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner.Manifests;

/// <summary>
/// The variables of an instance. Their values live in one Secret and nowhere else: generated ones under <c>secret.NAME</c>,
/// finished variables under <c>env.NAME</c>. Kubernetes does not expand <c>$(…)</c> in values from a Secret, so they go in as they are.
/// </summary>
internal static partial class InstanceEnvironment
{
    private const string SecretPrefix = "secret.";
    private const string VariablePrefix = "env.";
    private const int SecretLength = 32;
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly string[] Known = ["host", "url", "port", "instance"];

    public static string KeyOf(string variable) => VariablePrefix + variable;

    /// <summary>The names in <c>{{secret:name}}</c> of a workload.</summary>
    public static IReadOnlyList<string> SecretNames(Workload workload) =>
        [.. workload.Environment.SelectMany(variable => Placeholder().Matches(variable.Value))
            .Where(match => match.Groups["secret"].Success).Select(match => match.Groups["secret"].Value).Distinct()
                .Order(StringComparer.Ordinal)];

    /// <summary>Placeholders that nobody can fill.</summary>
    public static IEnumerable<string> UnknownPlaceholders(Workload workload) =>
        workload.Environment.SelectMany(variable => Placeholder().Matches(variable.Value))
            .Where(match => match.Groups["name"].Success && !Known.Contains(match.Groups["name"].Value)).Select(match => match.Value)
                .Distinct();

    /// <summary>
    /// Values for <paramref name="names"/>: those that the Secret already has, and new random ones (190 bits) for the rest.
    /// </summary>
    public static Dictionary<string, string> Complete(IReadOnlyList<string> names, Secret? existing) => names.ToDictionary(
        name => name,
        name => existing?.Data?.GetValueOrDefault(SecretPrefix + name) is { } kept
            ? Encoding.UTF8.GetString(Convert.FromBase64String(kept))
            : RandomNumberGenerator.GetString(SecretAlphabet, SecretLength),
        StringComparer.Ordinal);

    /// <summary>The content of the Secret, in base 64.</summary>
    /// <param name="secrets">By name, from <see cref="Complete"/>.</param>
    public static Dictionary<string, string> Content(DesiredInstance instance, ClusterSettings cluster,
        IReadOnlyDictionary<string, string> secrets)
    {
        var content = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in secrets.OrderBy(secret => secret.Key, StringComparer.Ordinal))
            content[SecretPrefix + name] = Base64(value);
        foreach (var variable in Variables(instance.Workload))
            content[VariablePrefix + variable.Name] =
                Base64(Placeholder().Replace(variable.Value, match => Fill(match, instance, cluster, secrets)));
        return content;
    }

    /// <summary>Each variable once, in the workload's order; of two with one name the last counts.</summary>
    public static IEnumerable<WorkloadVariable> Variables(Workload workload) =>
        workload.Environment.GroupBy(variable => variable.Name, StringComparer.Ordinal).Select(same => same.Last());

    private static string Fill(Match match, DesiredInstance instance, ClusterSettings cluster,
        IReadOnlyDictionary<string, string> secrets) =>
        match.Groups["secret"].Success ? secrets[match.Groups["secret"].Value] : match.Groups["name"].Value switch
        {
            "host" => instance.Host,
            "url" => cluster.UrlOf(instance.Host),
            "port" => $"{instance.Workload.Port}",
            "instance" => instance.Name,
            _ => throw new InvalidOperationException($"The workload rules let {match.Value} pass."),
        };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"\{\{\s*(?:secret:(?<secret>[A-Za-z0-9_.-]{1,64})|(?<name>[^{}]*?))\s*\}\}", RegexOptions.None,
        matchTimeoutMilliseconds: 200)]
    private static partial Regex Placeholder();
}
