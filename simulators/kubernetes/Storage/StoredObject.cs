using System.Text;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Storage;

/// <summary>Where an object is. The namespace is empty for kinds that live outside namespaces.</summary>
internal sealed record ObjectKey(Kind Kind, string Namespace, string Name);

/// <summary>One version of an object. It is shared between readers and never changed; a change makes another version.</summary>
internal sealed class StoredObject
{
    private readonly WeakReference<JsonObject> tree = new(null!);

    public StoredObject(ObjectKey key, JsonObject body, long revision)
    {
        // Going through text gives every number the same representation and cuts the tie to whoever made the tree.
        Json = Encoding.UTF8.GetBytes(body.ToText());
        Key = key;
        Revision = revision;
        Uid = body.Text("metadata", "uid") ?? "";
        IsTerminating = body.Text("metadata", "deletionTimestamp") is not null;
    }

    public ObjectKey Key { get; }

    /// <summary>To be read only; take a clone to change.</summary>
    public JsonObject Body
    {
        get
        {
            // A tree takes ten times the memory of its text, and most objects are not looked into for long times.
            if (!tree.TryGetTarget(out var body))
            {
                body = (JsonObject)Tree.Parse(Json)!;
                tree.SetTarget(body);
            }

            return body;
        }
    }

    public byte[] Json { get; }

    public long Revision { get; }

    public string Uid { get; }

    public bool IsTerminating { get; }
}

internal enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>
/// The version after a change and the one before. After a deletion, Object is the last version with the revision of the deletion.
/// </summary>
internal sealed record Change(ChangeType Type, StoredObject Object, StoredObject? Before)
{
    public long Revision => Object.Revision;

    public ObjectKey Key => Object.Key;
}
