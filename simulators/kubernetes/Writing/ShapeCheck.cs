using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>
/// Compares an object with its shape: unknown fields are taken out and named, values of the wrong form and gaps are named.
/// </summary>
internal sealed class ShapeCheck
{
    public List<string> Unknown { get; } = [];

    /// <summary>Values that the server could not even read; answered as a bad request.</summary>
    public List<string> Unreadable { get; } = [];

    public List<Cause> Missing { get; } = [];

    public static ShapeCheck Of(JsonObject body, Shape shape)
    {
        var check = new ShapeCheck();
        check.Walk(body, shape, "");
        return check;
    }

    private void Walk(JsonNode? value, Shape shape, string path)
    {
        switch (shape.Form)
        {
            case Form.Any:
                break;
            case Form.Record:
                Record(value, shape, path);
                break;
            case Form.Map:
                Map(value, shape, path);
                break;
            case Form.List:
                List(value, shape, path);
                break;
            case Form.Text or Form.Time:
                Expect(value?.GetValueKind() == JsonValueKind.String, value, path, "string");
                break;
            case Form.Bytes:
                Expect(value.Text() is { } text && Convert.TryFromBase64String(text, new byte[text.Length], out _), value, path, "[]uint8");
                break;
            case Form.Integer:
                Expect(value.Number() is not null, value, path, "int32");
                break;
            case Form.Flag:
                Expect(value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False, value, path, "bool");
                break;
            case Form.Quantity:
                Expect(value is JsonValue && Quantity.TryParse(value.ToString()) is not null, value, path, "resource.Quantity");
                break;
            case Form.IntegerOrText:
                Expect(value.Number() is not null || value.Text() is not null, value, path, "intstr.IntOrString");
                break;
            default:
                throw new InvalidOperationException($"The form {shape.Form} is not known.");
        }
    }

    private void Record(JsonNode? value, Shape shape, string path)
    {
        if (value is not JsonObject record)
        {
            Expect(false, value, path, shape.Name);
            return;
        }

        foreach (var name in record.Select(entry => entry.Key).ToList())
        {
            if (shape.Fields.TryGetValue(name, out var field))
            {
                Walk(record[name], field, Join(path, name));
            }
            else
            {
                Unknown.Add(Join(path, name));
                record.Remove(name);
            }
        }

        Missing.AddRange(shape.Required
            .Where(name => record[name] is null || (record[name] is JsonArray { Count: 0 } && shape.Of(name).Form == Form.List))
            .Select(name => Cause.Required(Join(path, name))));
    }

    private void Map(JsonNode? value, Shape shape, string path)
    {
        if (value is not JsonObject map)
        {
            Expect(false, value, path, $"map[string]{shape.Item.Name}");
            return;
        }

        foreach (var (name, child) in map)
        {
            Walk(child, shape.Item, Join(path, name));
        }
    }

    private void List(JsonNode? value, Shape shape, string path)
    {
        if (value is not JsonArray list)
        {
            Expect(false, value, path, $"[]{shape.Item.Name}");
            return;
        }

        for (var i = 0; i < list.Count; i++)
        {
            Walk(list[i], shape.Item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
        }
    }

    private void Expect(bool fits, JsonNode? value, string path, string type)
    {
        if (!fits)
        {
            var found = value?.GetValueKind() switch
            {
                JsonValueKind.Object => "object",
                JsonValueKind.Array => "array",
                JsonValueKind.String => "string",
                JsonValueKind.Number => "number",
                JsonValueKind.True or JsonValueKind.False => "bool",
                _ => "null",
            };
            Unreadable.Add($"json: cannot unmarshal {found} into Go struct field .{path} of type {type}");
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
