using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Wire;

/// <summary>
/// Reads the protobuf form of the API, which kubectl uses for what "kubectl create" makes from words. Only the fields that it sends then
/// are known (<see cref="WireFields"/>); a field that is not known is refused rather than dropped.
/// </summary>
internal static class Protobuf
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly byte[] Magic = [(byte)'k', (byte)'8', (byte)'s', 0];

    /// <exception cref="JsonException">The body is not protobuf of this API, or has a field that is not known.</exception>
    public static JsonObject Parse(byte[] body)
    {
        if (!body.AsSpan().StartsWith(Magic))
        {
            throw new JsonException("the body does not start as protobuf of this API does");
        }

        string? version = null;
        string? kind = null;
        var raw = ReadOnlySpan<byte>.Empty;
        var envelope = new Reader(body.AsSpan(Magic.Length));
        while (envelope.Next(out var field, out var content, out _))
        {
            if (field == 1)
            {
                var type = new Reader(content);
                while (type.Next(out var part, out var text, out _))
                {
                    version = part == 1 ? Encoding.UTF8.GetString(text) : version;
                    kind = part == 2 ? Encoding.UTF8.GetString(text) : kind;
                }
            }
            else if (field == 2)
            {
                raw = content;
            }
        }

        var result = kind is not null && WireFields.Knows(kind)
            ? Message(raw, kind)
            : throw new JsonException($"this server does not read {kind} as protobuf; send it as JSON or YAML");
        result["apiVersion"] = version;
        result["kind"] = kind;
        return result;
    }

    private static JsonObject Message(ReadOnlySpan<byte> bytes, string type)
    {
        var result = new JsonObject();
        var reader = new Reader(bytes);
        while (reader.Next(out var number, out var content, out var value))
        {
            var field = WireFields.Of(type, number)
                ?? throw new JsonException(FormattableString.Invariant(
                    $"field {number} of {type} is not known in protobuf; send JSON or YAML"));
            switch (field.Form)
            {
                case WireForm.Ignored:
                    break;
                case WireForm.Map:
                    var entry = Entry(content, field.Type);
                    result.Ensure(field.Name)[entry.Key] = entry.Value;
                    break;
                case WireForm.List:
                    result.Default(field.Name, new JsonArray());
                    result[field.Name]!.AsArray().Add(Value(field.Type, content, value));
                    break;
                case WireForm.Single:
                    result[field.Name] = Value(field.Type, content, value);
                    break;
                default:
                    throw new InvalidOperationException($"{field.Form} is not a form.");
            }
        }

        return result;
    }

    private static KeyValuePair<string, JsonNode?> Entry(ReadOnlySpan<byte> bytes, string type)
    {
        var key = "";
        JsonNode? value = Value(type, [], 0);
        var reader = new Reader(bytes);
        while (reader.Next(out var number, out var content, out var plain))
        {
            if (number == 1)
            {
                key = Encoding.UTF8.GetString(content);
            }
            else
            {
                value = Value(type, content, plain);
            }
        }

        return KeyValuePair.Create(key, value);
    }

    private static JsonNode? Value(string type, ReadOnlySpan<byte> content, ulong value) => type switch
    {
        // Go writes empty texts out; in JSON they are left away.
        "string" => content.IsEmpty ? null : Encoding.UTF8.GetString(content),
        "text" => Encoding.UTF8.GetString(content),
        "bytes" => Convert.ToBase64String(content),
        "int" => (long)value,
        "bool" => value != 0,
        "quantity" => Message(content, "Quantity").Text("string"),
        "IntOrString" when Message(content, type) is var either =>
            either.Number("type") == 1 ? either["strVal"]?.DeepClone() : either["intVal"]?.DeepClone(),
        _ => Message(content, type),
    };

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        public bool Next(out int field, out ReadOnlySpan<byte> content, out ulong value)
        {
            (field, value) = (0, 0);
            content = [];
            if (rest.IsEmpty)
            {
                return false;
            }

            var tag = Varint();
            field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    value = Varint();
                    return true;
                case 2:
                    var length = (int)Varint();
                    if (length < 0 || length > rest.Length)
                    {
                        throw new JsonException("the protobuf body ends in the middle of a field");
                    }

                    content = rest[..length];
                    rest = rest[length..];
                    return true;
                default:
                    throw new JsonException("the protobuf body has a field of a form that this API does not use");
            }
        }

        private ulong Varint()
        {
            ulong result = 0;
            for (var shift = 0; shift < 64 && !rest.IsEmpty; shift += 7)
            {
                var part = rest[0];
                rest = rest[1..];
                result |= (ulong)(part & 0x7f) << shift;
                if ((part & 0x80) == 0)
                {
                    return result;
                }
            }

            throw new JsonException("the protobuf body ends in the middle of a number");
        }
    }
}
