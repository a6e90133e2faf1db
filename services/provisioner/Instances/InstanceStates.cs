namespace Platform.Provisioner.Instances;

/// <summary>What the platform wants of the cluster. The second one is for ever.</summary>
internal enum Wish
{
    Run,
    Terminate,
}

/// <summary>InstanceStatus of api.md §1.7, as far as the provisioner brings it about.</summary>
internal enum InstanceStatus
{
    Pending,
    Provisioning,
    Running,
    Stopping,
    Error,
    Terminated,
}

/// <summary>How a generation ended; told once and never taken back.</summary>
internal enum Outcome
{
    Ready,
    Failed,
}
