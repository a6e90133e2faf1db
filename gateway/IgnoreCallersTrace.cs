using System.Diagnostics;

namespace Platform.Gateway;

/// <summary>Traces begin at the gateway: an id from outside could tie a stranger's request to another's trace.</summary>
internal sealed class IgnoreCallersTrace : DistributedContextPropagator
{
    private readonly DistributedContextPropagator own = CreateDefaultPropagator();

    public override IReadOnlyCollection<string> Fields => own.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
        own.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
