using Platform.Hosting;
using Platform.Provisioner.Kubernetes;

namespace Platform.Provisioner;

/// <summary>What the provisioner says no to over HTTP. Codes are public and never renamed.</summary>
internal static class ProvisionerRefusals
{
    public static readonly Refusal InstanceNotFound = new("INSTANCE_NOT_FOUND", 404, "There is no such instance");
    public static readonly Refusal ClusterUnavailable = new("CLUSTER_UNAVAILABLE", 503, "The cluster does not answer");
    public static readonly Refusal NoLogs = new("NO_LOGS", 409, "The instance has no running container yet");
    public static readonly Refusal TooManyStreams = new("TOO_MANY_STREAMS", 429, "Too many log streams are open");
}

internal static class ClusterAnswers
{
    /// <summary>A cluster that did not answer, as an answer of ours.</summary>
    public static RefusalResult ToProblem(this KubernetesException fault) =>
        ProvisionerRefusals.ClusterUnavailable.ToProblem("Try again in a few seconds.",
            retryAfter: fault.RetryAfter ?? TimeSpan.FromSeconds(5));
}

/// <summary>Why an instance will not run, as told in <c>InstanceFailed</c>. Codes are public and never renamed.</summary>
internal static class FailureCodes
{
    public const string ImageUnavailable = "IMAGE_UNAVAILABLE";
    public const string CrashLoop = "CRASH_LOOP";
    public const string QuotaExceeded = "QUOTA_EXCEEDED";
    public const string Unschedulable = "UNSCHEDULABLE";
    public const string NameTaken = "NAME_TAKEN";
    public const string DeadlineExceeded = "DEADLINE_EXCEEDED";

    /// <summary>The cluster's rules (schema, admission, roles) refuse one of our objects.</summary>
    public const string RefusedByCluster = "REFUSED_BY_CLUSTER";

    /// <summary>The workload breaks a rule of ours: an image without version, a reserved variable …</summary>
    public const string InvalidWorkload = "INVALID_WORKLOAD";

    /// <summary>A change was asked for an instance that we do not know.</summary>
    public const string NoInstance = "NO_INSTANCE";

    /// <summary>A change was asked for an instance that is being deleted, or is.</summary>
    public const string Terminated = "TERMINATED";

    /// <summary>The volume of an application that ran before is gone. It is not silently made anew, and empty.</summary>
    public const string DataLost = "DATA_LOST";
}
