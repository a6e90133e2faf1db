namespace Platform.Simulators.Kubernetes.Kinds;

/// <summary>Reads shapes.txt, whose first lines explain its notation.</summary>
internal static class ShapeBook
{
    private static readonly Dictionary<string, Shape> Scalars = new(StringComparer.Ordinal)
    {
        ["any"] = Shape.Unknown,
        ["string"] = new("string", Form.Text),
        ["int"] = new("int", Form.Integer),
        ["bool"] = new("bool", Form.Flag),
        ["quantity"] = new("quantity", Form.Quantity),
        ["intstr"] = new("intstr", Form.IntegerOrText),
        ["time"] = new("time", Form.Time),
        ["bytes"] = new("bytes", Form.Bytes),
    };

    private static readonly Dictionary<string, Shape> Records = Read();

    public static IEnumerable<Shape> All => Records.Values;

    public static Shape ForKind(string name)
    {
        var shape = Records[name];
        shape.Fields["apiVersion"] = Scalars["string"];
        shape.Fields["kind"] = Scalars["string"];
        shape.Fields["metadata"] = Records["ObjectMeta"];
        return shape;
    }

    private static Dictionary<string, Shape> Read()
    {
        var text = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string> words = [];
        foreach (var line in Lines())
        {
            if (!char.IsWhiteSpace(line[0]))
            {
                text.Add(line.Trim(), words = []);
            }
            else
            {
                words.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
        }

        var records = text.Keys.ToDictionary(name => name, name => new Shape(name, Form.Record), StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in text.Keys)
        {
            Fill(name, text, records, done);
        }

        return records;
    }

    // What a type refers to is filled first, because an atomic reference copies the fields of its type.
    private static void Fill(
        string name, Dictionary<string, List<string>> text, Dictionary<string, Shape> records, HashSet<string> done)
    {
        if (!done.Add(name))
        {
            return;
        }

        foreach (var pair in text[name].Chunk(2))
        {
            var reference = pair[1].TrimEnd('!').Split('[')[0].Trim('{', '}');
            if (records.ContainsKey(reference))
            {
                Fill(reference, text, records, done);
            }

            var field = pair[0].TrimStart('*');
            records[name].Fields[field] = Parse(pair[1], records);
            if (pair[0][0] == '*')
            {
                records[name].Required.Add(field);
            }
        }
    }

    private static Shape Parse(string type, Dictionary<string, Shape> records)
    {
        if (type.EndsWith('!'))
        {
            return Parse(type[..^1], records).AsAtomic();
        }

        if (type.EndsWith(']'))
        {
            var open = type.IndexOf('[', StringComparison.Ordinal);
            var keys = type[(open + 1)..^1];
            return new(type, Form.List)
            {
                Item = Parse(type[..open], records),
                IsSet = keys == "set",
                Keys = keys is "" or "set" ? [] : keys.Split(','),
                Atomic = keys.Length == 0,
            };
        }

        return type.StartsWith('{')
            ? new(type, Form.Map) { Item = Parse(type[1..^1], records) }
            : Scalars.GetValueOrDefault(type) ?? records[type];
    }

    private static IEnumerable<string> Lines()
    {
        using var stream = typeof(ShapeBook).Assembly.GetManifestResourceStream("shapes.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line) && line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
