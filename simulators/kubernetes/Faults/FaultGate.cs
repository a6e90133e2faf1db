using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Api;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;
using Platform.Simulators.Kubernetes.Writing;

namespace Platform.Simulators.Kubernetes.Faults;

/// <summary>Stands before the API: counts each request, and lets the ones that a rule takes go wrong.</summary>
internal sealed class FaultGate(
    RequestDelegate next, FaultRules rules, RequestLedger ledger, ObjectStore store, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public async Task Invoke(HttpContext http)
    {
        if (ApiTarget.Parse(http.Request) is not { } target)
        {
            await next(http);
            return;
        }

        var rule = rules.IsEmpty ? null : await Take(http, target);
        if (target.Verb == "watch" && rule is null)
        {
            // A watch ends much later; who counts wants to see it begin.
            ledger.Add(target.Verb, target.Resource, "200");
            await next(http);
            return;
        }

        var status = await Answer(http, rule);
        ledger.Add(target.Verb, target.Resource, status ?? FormattableString.Invariant($"{http.Response.StatusCode}"));
    }

    /// <returns>What to count in place of a status when there was no answer.</returns>
    private async Task<string?> Answer(HttpContext http, FaultRule? rule)
    {
        switch (rule?.Effect)
        {
            case null:
                await next(http);
                return null;
            case FaultEffect.Delay:
                await Task.Delay(rule.Delay, clock, http.RequestAborted);
                await next(http);
                return null;
            case FaultEffect.Status:
                await Answers.Refuse(http, RefusalOf(rule));
                return null;
            case FaultEffect.Hang:
                await Hang(http);
                return "hang";
            case FaultEffect.Disconnect:
                http.Abort();
                return "disconnect";
            case FaultEffect.DisconnectAfterApply:
                http.Response.Body = Stream.Null;
                await next(http);
                http.Abort();
                return "disconnect-after-apply";
            default:
                throw new InvalidOperationException($"The effect {rule.Effect} is not known.");
        }
    }

    private async Task Hang(HttpContext http)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    private async Task<FaultRule?> Take(HttpContext http, ApiTarget target)
    {
        var name = target.Name;
        JsonObject? body = null;
        if (target.Verb is "create" or "patch" or "update")
        {
            http.Request.EnableBuffering();
            body = Sent(await WriteEndpoints.Bytes(http));
            http.Request.Body.Position = 0;
            name ??= body.Text("metadata", "name");
        }

        var known = target.Name is not null && !target.Kind.Computed ? store.Find(target.Key)?.Body : null;
        return rules.Take(target, name, known ?? body);
    }

    // A body that cannot be read is the API's to refuse; for a rule it only has no labels.
    private static JsonObject? Sent(byte[] bytes)
    {
        try
        {
            return Yaml.Parse(bytes) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Refusal RefusalOf(FaultRule rule)
    {
        var details = new JsonObject();
        details.Put("retryAfterSeconds", rule.RetryAfterSeconds is { } seconds ? JsonValue.Create(seconds) : null);
        return rule.Status switch
        {
            409 => new(409, "Conflict", "Operation cannot be fulfilled: the object has been modified; please apply your changes to the "
                + "latest version and try again", details),
            429 => new(429, "TooManyRequests", "Too many requests, please try again later.", details),
            503 => new(503, "ServiceUnavailable", "the server is currently unable to handle the request", details),
            504 => new(504, "Timeout", "Timeout: request did not complete within the allotted timeout", details),
            _ => new(500, "InternalError", "Internal error occurred: a fault was asked for", details),
        };
    }
}
