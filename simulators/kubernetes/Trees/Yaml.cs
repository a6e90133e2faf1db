using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Platform.Simulators.Kubernetes.Trees;

/// <summary>Reads a body that is JSON or YAML; apply patches may be either.</summary>
internal static class Yaml
{
    /// <exception cref="JsonException">The text is neither JSON nor YAML.</exception>
    public static JsonNode? Parse(byte[] body)
    {
        var text = body.AsSpan().TrimStart(" \t\r\n"u8);
        if (!text.IsEmpty && text[0] is (byte)'{' or (byte)'[')
        {
            return Tree.Parse(text);
        }

        try
        {
            using var reader = new StreamReader(new MemoryStream(body));
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode);
        }
        catch (YamlException problem)
        {
            throw new JsonException($"error converting YAML to JSON: {problem.Message}", problem);
        }
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry =>
            KeyValuePair.Create(Key(entry.Key), Convert(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new JsonException($"error converting YAML to JSON: {node.NodeType} is not supported"),
    };

    private static string Key(YamlNode key) => key is YamlScalarNode { Value: { } text }
        ? text
        : throw new JsonException("error converting YAML to JSON: a key has to be text");

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
                JsonValue.Create(whole),
            _ when LooksLikeNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) =>
                JsonValue.Create(real),
            _ => JsonValue.Create(text),
        };
    }

    private static bool LooksLikeNumber(string text) =>
        char.IsAsciiDigit(text[^1]) && text.All(c => char.IsAsciiDigit(c) || "+-.eE".Contains(c));
}
