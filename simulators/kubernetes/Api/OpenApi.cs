using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Api;

/// <summary>
/// OpenAPI v3, made from the shapes: enough for kubectl to validate on the server ("fieldValidation") and for "kubectl explain" to list
/// fields. There is no OpenAPI v2.
/// </summary>
internal static class OpenApi
{
    private const string Prefix = "/openapi/v3";

    public static JsonObject? Find(PathString path)
    {
        if (path == Prefix)
        {
            return new()
            {
                ["paths"] = new JsonObject(Versions().Select(version => KeyValuePair.Create(
                    version, (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"{Prefix}/{version}?hash=1" }))),
            };
        }

        return path.StartsWithSegments(Prefix, out var rest) && Versions().Contains(rest.Value!.TrimStart('/'))
            ? Document(rest.Value!.TrimStart('/'))
            : null;
    }

    private static IEnumerable<string> Versions() => KindCatalog.All.Select(PathOf).Distinct();

    private static string PathOf(Kind kind) => kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";

    private static JsonObject Document(string version)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var shape in ShapeBook.All)
        {
            schemas[shape.Name] = Record(shape);
        }

        foreach (var kind in KindCatalog.All.Where(kind => PathOf(kind) == version))
        {
            // Two kinds may share a shape's name with another group; the group tells them apart for the client.
            ((JsonObject)schemas[kind.Name]!)["x-kubernetes-group-version-kind"] = new JsonArray(Identity(kind));
            var path = $"/{version}/{(kind.Namespaced ? "namespaces/{namespace}/" : "")}{kind.Plural}";
            paths[$"{path}/{{name}}"] = new JsonObject
            {
                ["get"] = Operation(kind, "get", []),
                ["patch"] = Operation(kind, "patch", ["dryRun", "fieldManager", "fieldValidation", "force"]),
                ["put"] = Operation(kind, "put", ["dryRun", "fieldManager", "fieldValidation"]),
            };
            paths[path] = new JsonObject { ["post"] = Operation(kind, "post", ["dryRun", "fieldManager", "fieldValidation"]) };
        }

        return new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes simulator", ["version"] = SimulatorOptions.KubernetesVersion },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(Kind kind, string action, string[] parameters) => new()
    {
        ["operationId"] = $"{action}{kind.Name}",
        ["parameters"] = parameters.Select(name => (JsonNode)new JsonObject
        {
            ["name"] = name,
            ["in"] = "query",
            ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string" },
        }).ToArray(),
        ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        ["x-kubernetes-action"] = action,
        ["x-kubernetes-group-version-kind"] = Identity(kind),
    };

    private static JsonObject Identity(Kind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Name };

    private static JsonObject Record(Shape shape)
    {
        var result = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(shape.Fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)Schema(field.Value)))),
        };
        result.Put("required", shape.Required.Count == 0 ? null : shape.Required.Select(name => (JsonNode)name).ToArray());
        return result;
    }

    private static JsonObject Schema(Shape shape)
    {
        var result = new JsonObject();
        switch (shape.Form)
        {
            case Form.Record:
                result["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/components/schemas/{shape.Name}" });
                break;
            case Form.Map:
                result["type"] = "object";
                result["additionalProperties"] = Schema(shape.Item);
                break;
            case Form.List:
                result["type"] = "array";
                result["items"] = Schema(shape.Item);
                result["x-kubernetes-list-type"] = shape.IsSet ? "set" : shape.IsMergedList ? "map" : "atomic";
                result.Put(
                    "x-kubernetes-list-map-keys", shape.Keys.Length == 0 ? null : shape.Keys.Select(key => (JsonNode)key).ToArray());
                break;
            case Form.Integer:
                result["type"] = "integer";
                break;
            case Form.Flag:
                result["type"] = "boolean";
                break;
            case Form.Any:
                result["type"] = "object";
                break;
            default:
                result["type"] = "string";
                break;
        }

        return result;
    }
}
