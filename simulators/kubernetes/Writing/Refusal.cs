using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Simulators.Kubernetes.Fields;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>One thing that is wrong with an object: the reason of a cause in a Status, the message, and the field.</summary>
internal sealed record Cause(string Reason, string Message, string? Field)
{
    public static Cause Required(string field) => new("FieldValueRequired", "Required value", field);

    public static Cause Wrong(string field, string value, string why) => new("FieldValueInvalid", $"Invalid value: {value}: {why}", field);

    public static Cause Unsupported(string field, string value, params string[] supported) => new(
        "FieldValueNotSupported",
        $"Unsupported value: \"{value}\": supported values: {string.Join(", ", supported.Select(text => $"\"{text}\""))}",
        field);
}

/// <summary>An answer of "no": the Status object of the API.</summary>
internal sealed record Refusal(int Code, string Reason, string Message, JsonObject? Details = null)
{
    public static Refusal NotFound(Kind kind, string name) =>
        new(404, "NotFound", $"{kind.Resource} \"{name}\" not found", Named(kind, name));

    public static Refusal NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource", []);

    public static Refusal AlreadyExists(Kind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.Resource} \"{name}\" already exists", Named(kind, name));

    public static Refusal Stale(Kind kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static Refusal Conflict(Kind kind, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.Resource} \"{name}\": {why}", Named(kind, name));

    public static Refusal Invalid(Kind kind, string name, IReadOnlyList<Cause> causes)
    {
        var problems = causes.Select(cause => $"{cause.Field}: {cause.Message}").ToList();
        var text = problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
        var details = new JsonObject { ["name"] = name, ["group"] = kind.Group, ["kind"] = kind.Name, ["causes"] = Causes(causes) };
        return new(422, "Invalid", $"{kind.QualifiedName} \"{name}\" is invalid: {text}", details);
    }

    public static Refusal Forbidden(Kind kind, string name, string why, params IReadOnlyList<Cause> causes)
    {
        var details = Named(kind, name);
        details.Put("causes", causes.Count == 0 ? null : Causes(causes));
        return new(403, "Forbidden", $"{kind.Resource} \"{name}\" is forbidden: {why}", details);
    }

    public static Refusal FieldsOwnedByOthers(IReadOnlyList<FieldConflict> conflicts)
    {
        var causes = conflicts.Select(conflict => new Cause("FieldManagerConflict", $"conflict with {Show(conflict.With)}", conflict.Path));
        var groups = conflicts.GroupBy(conflict => Show(conflict.With)).Select(group => group.Count() == 1
            ? $"conflict with {group.Key}: {group.First().Path}"
            : $"conflicts with {group.Key}:\n{string.Join('\n', group.Select(conflict => $"- {conflict.Path}"))}");
        var count = conflicts.Count == 1 ? "1 conflict" : string.Create(CultureInfo.InvariantCulture, $"{conflicts.Count} conflicts");
        return new(409, "Conflict", $"Apply failed with {count}: {string.Join('\n', groups)}", new() { ["causes"] = Causes([.. causes]) });
    }

    public static Refusal BadRequest(string message) => new(400, "BadRequest", message);

    public static Refusal Internal(string message) => new(500, "InternalError", message);

    public static Refusal Expired() => new(
        410, "Expired", "The resourceVersion for the provided list or watch is too old.");

    public static Refusal MethodNotAllowed() => new(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason,
        };
        status.Put("details", Details);
        status["code"] = Code;
        return status;
    }

    private static JsonObject Named(Kind kind, string name)
    {
        var details = new JsonObject { ["name"] = name };
        details.Put("group", kind.Group.Length == 0 ? null : kind.Group);
        details["kind"] = kind.Plural;
        return details;
    }

    private static JsonArray Causes(IReadOnlyList<Cause> causes) => causes
        .Select(cause => (JsonNode)new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field })
        .ToArray();

    private static string Show(OwnedFields with)
    {
        var subresource = with.Owner.Subresource is { } path ? $" with subresource \"{path}\"" : "";
        var since = with.Owner.Operation == Owner.Update ? $" using {with.Owner.ApiVersion} at {with.Time}" : "";
        return $"\"{with.Owner.Manager}\"{subresource}{since}";
    }
}
