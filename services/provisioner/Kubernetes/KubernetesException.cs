namespace Platform.Provisioner.Kubernetes;

/// <summary>Why the API server did not do it, from the status code and the machine-readable reason, never from message text.</summary>
internal enum KubernetesFault
{
    NotFound,
    AlreadyExists,

    /// <summary>A stale resource version, another uid than expected, or a field that another manager owns.</summary>
    Conflict,

    /// <summary>410: the resource version or continue token is older than the server's memory; list again.</summary>
    Gone,

    /// <summary>422: the object breaks a rule of its schema, an immutable field among them.</summary>
    Invalid,

    /// <summary>400, 405, 415 …: we spoke badly.</summary>
    BadRequest,
    Unauthorized,

    /// <summary>403: roles, admission or a quota say no.</summary>
    Forbidden,

    /// <summary>403 because the namespace is being deleted; passes by itself.</summary>
    NamespaceTerminating,
    TooManyRequests,
    ServerError,

    /// <summary>No answer in time. The server may have done it.</summary>
    Timeout,

    /// <summary>No connection, or it broke. The server may have done it.</summary>
    Unreachable,
}

/// <summary>
/// A call that the cluster did not fulfil. The text names verb, path and reason; the server's own message is left out,
/// because it may quote the values of a Secret.
/// </summary>
internal sealed class KubernetesException(KubernetesFault fault, string call, string? reason, TimeSpan? retryAfter = null,
    Exception? inner = null)
    : Exception($"{call}: {fault}{(reason is null ? "" : $" ({reason})")}", inner)
{
    public KubernetesFault Fault => fault;

    /// <summary>How long the server asked us to wait.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>True when the cluster understood and said no, so that asking again alone will not help.</summary>
    public bool IsRefusal => fault is KubernetesFault.Invalid or KubernetesFault.BadRequest or KubernetesFault.Forbidden;
}
