namespace Platform.Scenarios.Books;

/// <summary>When a promise has to hold.</summary>
internal enum Holds
{
    /// <summary>In every committed state.</summary>
    Always,

    /// <summary>As soon as nothing is under way any more.</summary>
    WhenQuiet,
}

/// <summary>A promise that is not kept, with the ids that break it.</summary>
/// <param name="Kind">The promise's name, as in <see cref="Promises"/>.</param>
internal sealed record Violation(string Kind, Holds Holds, string What)
{
    public override string ToString() => $"{Kind} ({Holds}): {What}";
}
