namespace Platform.Simulators.Kubernetes.Kinds;

internal enum Form
{
    /// <summary>Not described: maps inside are merged, lists inside are replaced.</summary>
    Any,
    Text,
    Integer,
    Flag,
    Quantity,
    IntegerOrText,
    Time,
    Bytes,
    Record,
    Map,
    List,
}

/// <summary>The form of one value: what may be in it, and how two versions of it are merged.</summary>
internal sealed class Shape(string name, Form form)
{
    public static readonly Shape Unknown = new("any", Form.Any);

    /// <summary>The name of the type in shapes.txt.</summary>
    public string Name { get; } = name;

    public Form Form { get; } = form;

    public Dictionary<string, Shape> Fields { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>The shape of the values of a map or the items of a list.</summary>
    public Shape Item { get; init; } = Unknown;

    /// <summary>The fields that tell the items of a merged list apart; empty for other lists.</summary>
    public string[] Keys { get; init; } = [];

    public bool IsSet { get; init; }

    /// <summary>Replaced, compared and owned as one value.</summary>
    public bool Atomic { get; init; }

    public bool IsMergedList => Form == Form.List && (Keys.Length > 0 || IsSet);

    /// <summary>The shape of a member of a map or a record; a field that is not described has an unknown shape.</summary>
    public Shape Of(string field) => Form switch
    {
        Form.Record => Fields.GetValueOrDefault(field, Unknown),
        Form.Map => Item,
        _ => Unknown,
    };

    public Shape AsAtomic()
    {
        var atomic = new Shape(Name, Form) { Item = Item, Keys = Keys, IsSet = IsSet, Atomic = true };
        foreach (var (field, shape) in Fields)
        {
            atomic.Fields[field] = shape;
        }

        atomic.Required.UnionWith(Required);
        return atomic;
    }
}
