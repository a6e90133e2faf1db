using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Storage;

/// <summary>A label selector and a field selector, read from a query or from an object.</summary>
internal sealed class Selection
{
    public static readonly Selection Everything = new([]);

    private readonly List<Func<JsonObject, bool>> terms;

    private Selection(List<Func<JsonObject, bool>> terms) => this.terms = terms;

    public bool Matches(JsonObject body) => terms.TrueForAll(term => term(body));

    /// <returns>Null and a problem when a selector cannot be read or names a field that cannot be selected by.</returns>
    public static (Selection? Selection, string? Problem) Parse(Kind kind, string? labels, string? fields)
    {
        var terms = new List<Func<JsonObject, bool>>();
        foreach (var requirement in Split(labels))
        {
            if (Label(requirement) is not { } term)
            {
                return (null, $"unable to parse requirement: {requirement}");
            }

            terms.Add(term);
        }

        foreach (var requirement in Split(fields))
        {
            var negated = requirement.Contains("!=", StringComparison.Ordinal);
            var sides = requirement.Split(negated ? "!=" : requirement.Contains("==", StringComparison.Ordinal) ? "==" : "=", 2);
            if (sides.Length != 2)
            {
                return (null, $"invalid field selector: \"{requirement}\"; can't understand '{requirement}'");
            }

            if (!IsSelectable(kind, sides[0]))
            {
                return (null, $"field label not supported: {sides[0]}");
            }

            var path = sides[0].Split('.');
            terms.Add(body => (body.At(path)?.ToString() ?? "") == sides[1] != negated);
        }

        return (new(terms), null);
    }

    /// <summary>The selector of a Deployment, a NetworkPolicy and so on: matchLabels and matchExpressions.</summary>
    public static Selection OfObject(JsonNode? selector)
    {
        var terms = selector.Map("matchLabels").Select(pair => Has(pair.Key, pair.Value)).ToList();
        foreach (var expression in selector.Items("matchExpressions"))
        {
            var key = expression.Text("key") ?? "";
            var values = expression.Texts("values").ToHashSet(StringComparer.Ordinal);
            terms.Add(expression.Text("operator") switch
            {
                "In" => body => LabelOf(body, key) is { } value && values.Contains(value),
                "NotIn" => body => LabelOf(body, key) is not { } value || !values.Contains(value),
                "Exists" => body => LabelOf(body, key) is not null,
                "DoesNotExist" => body => LabelOf(body, key) is null,
                _ => _ => false,
            });
        }

        return new(terms);
    }

    private static Func<JsonObject, bool>? Label(string text)
    {
        if (text.Contains('('))
        {
            var open = text.IndexOf('(', StringComparison.Ordinal);
            var words = text[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is not [var name, "in" or "notin"] || !text.EndsWith(')'))
            {
                return null;
            }

            var values = text[(open + 1)..^1].Split(',').Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal);
            return words[1] == "in"
                ? body => LabelOf(body, name) is { } value && values.Contains(value)
                : body => LabelOf(body, name) is not { } value || !values.Contains(value);
        }

        if (text.Split("!=") is [var differing, var unwanted])
        {
            return body => LabelOf(body, differing.Trim()) != unwanted.Trim();
        }

        if (text.Contains('='))
        {
            var sides = text.Split(text.Contains("==", StringComparison.Ordinal) ? "==" : "=", 2);
            return sides[0].Trim().Length == 0 || sides[1].Contains('=') ? null : Has(sides[0].Trim(), sides[1].Trim());
        }

        if (text.StartsWith('!'))
        {
            return body => LabelOf(body, text[1..].Trim()) is null;
        }

        return text.Trim().Contains(' ') ? null : body => LabelOf(body, text.Trim()) is not null;
    }

    private static Func<JsonObject, bool> Has(string label, string value) => body => LabelOf(body, label) == value;

    private static string? LabelOf(JsonObject body, string label) => body.Text("metadata", "labels", label);

    private static bool IsSelectable(Kind kind, string field) => field is "metadata.name" or "metadata.namespace" || kind.Name switch
    {
        "Pod" => field is "status.phase" or "spec.nodeName" or "status.podIP" or "spec.restartPolicy" or "spec.schedulerName"
            or "spec.serviceAccountName" or "status.nominatedNodeName",
        "Event" => field.StartsWith("involvedObject.", StringComparison.Ordinal)
            || field is "reason" or "type" or "source" or "reportingComponent",
        "Secret" => field is "type",
        "Namespace" => field is "status.phase",
        "Node" => field is "spec.unschedulable",
        "ReplicaSet" => field is "status.replicas",
        "Service" => field is "spec.clusterIP" or "spec.type",
        _ => false,
    };

    // Commas inside parentheses belong to a set of values.
    private static IEnumerable<string> Split(string? text)
    {
        var depth = 0;
        var start = 0;
        text = text is null ? "" : text + ",";
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                if (text[start..i].Trim() is { Length: > 0 } part)
                {
                    yield return part;
                }

                start = i + 1;
            }
        }
    }
}
