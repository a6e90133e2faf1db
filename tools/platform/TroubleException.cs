namespace Platform.Tool;

/// <summary>
/// Something that goes wrong on other people's machines and that the reader can put right: one line that says what, one that says how.
/// It ends the command with exit code 1 and without a stack trace.
/// </summary>
public sealed class TroubleException(string message, string? remedy = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the reader can do about it, or what they should look at.</summary>
    public string? Remedy { get; } = remedy;

    public string ToLines() => Remedy is null ? $"platform: {Message}" : $"platform: {Message}{Environment.NewLine}  {Remedy}";
}
