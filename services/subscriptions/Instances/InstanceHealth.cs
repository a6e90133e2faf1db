namespace Platform.Subscriptions.Instances;

/// <summary>Texts of <c>healthStatus</c>. The frontend takes only the exact text <c>Healthy</c> for success.</summary>
internal static class InstanceHealth
{
    public const string Upgrading = "Upgrading...";
}
