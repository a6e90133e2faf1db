namespace Platform.Contracts;

/// <summary>What an instance may use: millicores, mebibytes, gibibytes. Requests and limits are equal.</summary>
public sealed record InstanceResources(int CpuMillis, int MemoryMib, int StorageGib);

/// <summary>How a service tells that it works.</summary>
/// <param name="Kind">HTTP (GET <paramref name="Path"/>), TCP (connect) or EXEC (run <paramref name="Command"/> in the container).</param>
public sealed record WorkloadProbe(string Kind, string? Path, IReadOnlyList<string>? Command);

/// <summary>
/// A variable of the container. <paramref name="Value"/> may hold {{host}}, {{url}}, {{port}}, {{instance}};
/// {{secret:name}} is made once per instance by the provisioner and lives in a Kubernetes Secret only.
/// </summary>
public sealed record WorkloadVariable(string Name, string Value);

/// <summary>What to run, frozen at purchase. The image names a version, never <c>latest</c>.</summary>
/// <param name="DataPath">Where the application keeps its data; the volume is mounted there.</param>
/// <param name="RunAsUser">Numeric user id that the image can run as, so that the pod passes the restricted security level.</param>
public sealed record Workload(
    string ServiceSlug, string ServiceName, string Image, int Port, string DataPath, long RunAsUser, WorkloadProbe Probe,
    IReadOnlyList<WorkloadVariable> Environment);

// Commands to provisioner. CorrelationId names the saga that asked; the answers to a generation carry it back.
// Generation counts the wishes for one instance: 1 to deploy, +1 for every change. An older generation than the known one is ignored.

/// <summary>
/// Deploy. Answered by <see cref="InstanceReady"/> or <see cref="InstanceFailed"/>, with <see cref="InstanceProgressed"/> on the way.
/// </summary>
public sealed record ProvisionInstance(
    Guid CorrelationId, Guid InstanceId, Guid SubscriptionId, Guid UserId, long Generation, Workload Workload, InstanceResources Resources);

/// <summary>Give a running instance another size. Answered like <see cref="ProvisionInstance"/>.</summary>
public sealed record ResizeInstance(Guid CorrelationId, Guid InstanceId, long Generation, InstanceResources Resources);

/// <summary>
/// Delete everything of the instance, in any state, for good; before its deployment arrived too (which is then torn down, not resurrected).
/// Answered by <see cref="InstanceTerminated"/> once nothing is left in the cluster.
/// </summary>
public sealed record TerminateInstance(Guid CorrelationId, Guid InstanceId, Guid SubscriptionId, Guid UserId, string Reason);

/// <summary>The wished generation runs and answers its probe.</summary>
public sealed record InstanceReady(Guid CorrelationId, Guid InstanceId, long Generation, string PodName, DateTimeOffset At);

/// <summary>The wished generation will not run: the cluster said so for good, or the instance's deadline passed.</summary>
/// <param name="Code">IMAGE_UNAVAILABLE, QUOTA_EXCEEDED, CRASH_LOOP, UNSCHEDULABLE, NAME_TAKEN, DEADLINE_EXCEEDED …</param>
/// <param name="Detail">A sentence for the owner, without secrets.</param>
public sealed record InstanceFailed(Guid CorrelationId, Guid InstanceId, long Generation, string Code, string Detail, DateTimeOffset At);

/// <summary>Nothing of the instance is left in the cluster.</summary>
public sealed record InstanceTerminated(Guid CorrelationId, Guid InstanceId, DateTimeOffset At);

/// <summary>One step on the way to the wished generation, told once; feeds the owner's timeline.</summary>
/// <param name="Step">
/// NAMESPACE, SECRET, VOLUME, DEPLOYMENT_APPLIED, SERVICE, INGRESS, POD_SCHEDULED, IMAGE_PULLED, POD_READY, ROUTE_LIVE.
/// </param>
public sealed record InstanceProgressed(
    Guid CorrelationId, Guid InstanceId, Guid SubscriptionId, long Generation, string Step, string Detail, DateTimeOffset At);

/// <summary>What is known of an instance now, whole. Each has a higher version than the one before; older versions are ignored.</summary>
/// <param name="CorrelationId">The subscription, so that the snapshots of one instance arrive in order.</param>
/// <param name="Status">An InstanceStatus of api.md §1.7: PENDING, PROVISIONING, RUNNING, ERROR, TERMINATED …</param>
/// <param name="HealthStatus">Exactly <c>Healthy</c> when the application is healthy; null before the first look.</param>
public sealed record InstanceChanged(
    Guid CorrelationId, Guid InstanceId, long Version, string Status, string? HealthStatus, string? PodName, string Namespace,
    string Name, string Subdomain, string PublicUrl, string AdminUrl, long Generation, DateTimeOffset At);

/// <summary>
/// Query to provisioner over the bus. Answered by <see cref="InstanceMetrics"/> or <see cref="InstanceMetricsUnavailable"/>.
/// </summary>
public sealed record GetInstanceMetrics(Guid InstanceId);

/// <param name="CpuMillis">Millicores in use, all containers of the newest pod.</param>
/// <param name="MemoryBytes">Working set in bytes.</param>
/// <param name="SampledAt">When the cluster took the sample; never older than 60 s.</param>
public sealed record InstanceMetrics(Guid InstanceId, string PodName, long CpuMillis, long MemoryBytes, DateTimeOffset SampledAt);

/// <param name="Code">NO_INSTANCE, NOT_RUNNING or METRICS_UNAVAILABLE.</param>
public sealed record InstanceMetricsUnavailable(Guid InstanceId, string Code);
