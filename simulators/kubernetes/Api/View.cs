using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Api;

internal enum ViewForm
{
    Full,
    Table,
    MetadataOnly,
}

/// <summary>How a client wants to see objects: whole, as rows of a table, or their metadata; taken from its Accept header.</summary>
internal sealed class View(ViewForm form, Kind kind, string include, TimeProvider clock)
{
    public ViewForm Form => form;

    public string ListKind => form switch
    {
        ViewForm.Table => "Table",
        ViewForm.MetadataOnly => "PartialObjectMetadataList",
        ViewForm.Full => $"{kind.Name}List",
        _ => throw new InvalidOperationException($"{form} is not a view."),
    };

    public string ListVersion => form == ViewForm.Full ? kind.ApiVersion : "meta.k8s.io/v1";

    /// <returns>Null when the client accepts nothing that this server can write.</returns>
    public static View? Of(HttpRequest request, Kind kind, TimeProvider clock)
    {
        var accepted = request.Headers.Accept.ToString();
        var form = accepted.Length == 0 ? ViewForm.Full : (ViewForm?)null;
        foreach (var media in accepted.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = media.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
            {
                continue;
            }

            form = Array.Find(parts, part => part.StartsWith("as=", StringComparison.Ordinal)) switch
            {
                null => ViewForm.Full,
                "as=Table" when parts.Contains("v=v1") => ViewForm.Table,
                "as=PartialObjectMetadata" or "as=PartialObjectMetadataList" when parts.Contains("v=v1") => ViewForm.MetadataOnly,
                _ => null,
            };
            if (form is not null)
            {
                break;
            }
        }

        return form is { } wanted ? new(wanted, kind, request.Query["includeObject"].ToString(), clock) : null;
    }

    /// <summary>One object as the answer of a get, or in a watch event.</summary>
    public byte[] One(StoredObject stored, bool withColumns = true) => form switch
    {
        ViewForm.Full => stored.Json,
        ViewForm.MetadataOnly => Bytes(Metadata(stored)),
        ViewForm.Table => Bytes(
            Table([stored], new() { ["resourceVersion"] = stored.Body.Text("metadata", "resourceVersion") }, withColumns)),
        _ => throw new InvalidOperationException($"{form} is not a view."),
    };

    public byte[] Many(IReadOnlyList<StoredObject> items, JsonObject metadata)
    {
        if (form == ViewForm.Table)
        {
            return Bytes(Table(items, metadata, true));
        }

        using var result = new MemoryStream();
        result.Write(Encoding.UTF8.GetBytes(
            $$"""{"kind":"{{ListKind}}","apiVersion":"{{ListVersion}}","metadata":{{metadata.ToText()}},"items":["""));
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                result.WriteByte((byte)',');
            }

            result.Write(One(items[i]));
        }

        result.Write("]}"u8);
        return result.ToArray();
    }

    private JsonObject Table(IReadOnlyList<StoredObject> items, JsonObject metadata, bool withColumns)
    {
        var columns = Columns.Of(kind);
        var now = clock.GetUtcNow();
        var rows = items.Select(stored =>
        {
            var row = new JsonObject { ["cells"] = columns.Select(column => column.Cell(stored.Body, now)).ToArray() };
            row.Put("object", include switch { "None" => null, "Object" => stored.Body.Clone(), _ => Metadata(stored) });
            return (JsonNode)row;
        }).ToArray();
        return new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata.Clone(),
            ["columnDefinitions"] = withColumns ? columns.Select(column => column.Definition()).ToArray() : [],
            ["rows"] = rows,
        };
    }

    private static JsonObject Metadata(StoredObject stored) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = stored.Body["metadata"]?.DeepClone(),
    };

    private static byte[] Bytes(JsonObject value) => Encoding.UTF8.GetBytes(value.ToText());
}
