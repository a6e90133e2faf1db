namespace Platform.Tool.Processes;

/// <summary>The signals that the launcher sends, with their Linux numbers.</summary>
public enum Signal
{
    /// <summary>SIGINT: for PostgreSQL a fast shutdown, which ends open sessions.</summary>
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}
