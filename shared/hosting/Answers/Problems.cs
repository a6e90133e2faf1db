using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.Hosting;

/// <summary>
/// Gives every error answer the same members, whoever wrote it: our refusals, validation, authentication, unknown routes, faults.
/// </summary>
internal static class Problems
{
    public static void Complete(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        var known = OfStatus(status);
        problem.Status = status;
        if (problem is HttpValidationProblemDetails validation)
        {
            problem.Title = CommonRefusals.Invalid.Title;
            problem.Extensions["code"] = CommonRefusals.Invalid.Code;
            validation.Errors = validation.Errors.ToDictionary(field => WireName(field.Key), field => field.Value);
            problem.Detail ??= string.Join(" ", validation.Errors.Values.SelectMany(texts => texts));
        }
        else if (problem.Extensions.TryAdd("code", known?.Code ?? $"HTTP_{status}"))
        {
            problem.Title = known?.Title ?? ReasonPhrases.GetReasonPhrase(status);
        }

        if (status is 502 or 503 or 504 && http.Response.Headers.RetryAfter.Count == 0)
            http.Response.Headers.RetryAfter = "2";
        // The framework has already put the address of an RFC here, which says nothing that the status does not say.
        if (problem.Type is null || problem.Type.StartsWith("https://tools.ietf.org/", StringComparison.Ordinal))
            problem.Type = "about:blank";
        problem.Instance = http.Request.Path;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        problem.Extensions["success"] = false;
        problem.Extensions["statusCode"] = status;
        problem.Extensions["message"] = problem.Detail ?? problem.Title;
        problem.Extensions["timestamp"] = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
    }

    private static Refusal? OfStatus(int status) => status switch
    {
        400 => CommonRefusals.Malformed,
        401 => CommonRefusals.Unauthorized,
        403 => CommonRefusals.Forbidden,
        404 => CommonRefusals.NotFound,
        405 => CommonRefusals.MethodNotAllowed,
        415 => CommonRefusals.UnsupportedMedia,
        500 => CommonRefusals.Unexpected,
        502 => CommonRefusals.BadGateway,
        503 => CommonRefusals.Unavailable,
        504 => CommonRefusals.GatewayTimeout,
        _ => null,
    };

    /// <summary>C# names of members as the JSON names that the caller sent: <c>Items[0].PlanId</c> → <c>items[0].planId</c>.</summary>
    private static string WireName(string member) => string.Join('.', member.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}

/// <summary>
/// Turns what was thrown into an answer: unreadable requests are the caller's, passing trouble is 503, everything else ours.
/// </summary>
internal sealed partial class ThrownProblems(IProblemDetailsService problems, ILogger<ThrownProblems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (refusal, detail) = exception switch
        {
            BadHttpRequestException { StatusCode: not 400 } request =>
                (new Refusal($"HTTP_{request.StatusCode}", request.StatusCode, request.Message), null),
            BadHttpRequestException { InnerException: JsonException json } => (CommonRefusals.Malformed, Explain(json)),
            BadHttpRequestException request => (CommonRefusals.Malformed, request.Message),
            _ when Passes(exception) => (CommonRefusals.Unavailable, "Try again in a few seconds."),
            _ => (CommonRefusals.Unexpected, "It is on record under the trace id of this answer."),
        };
        // The framework keeps silent about what a handler has dealt with; what is our fault must be on record.
        if (refusal == CommonRefusals.Unexpected)
            Unexpected(log, exception);
        else if (refusal == CommonRefusals.Unavailable)
            Unavailable(log, exception);
        httpContext.Response.StatusCode = refusal.Status;
        if (refusal.Status == 503)
            httpContext.Response.Headers.RetryAfter = "2";
        var problem = new ProblemDetails { Status = refusal.Status, Title = refusal.Title, Detail = detail };
        problem.Extensions["code"] = refusal.Code;
        if (exception is BadHttpRequestException { InnerException: JsonException { Path: { Length: > 1 } path } cause })
            problem.Extensions["errors"] = new Dictionary<string, string[]> { [path.TrimStart('$', '.')] = [Explain(cause)] };
        return await problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    [LoggerMessage(LogLevel.Error, "A request failed")]
    private static partial void Unexpected(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Warning, "A request could not be served just now")]
    private static partial void Unavailable(ILogger log, Exception e);

    // The serializer's own text names .NET types and may quote the value; the caller needs the field and the remedy.
    private static string Explain(JsonException json) => json switch
    {
        { Message: var text } when text.StartsWith("An amount is", StringComparison.Ordinal) => text,
        { Message: var text } when text.Contains("missing required properties", StringComparison.Ordinal) =>
            "Required fields are missing: " + text[(text.LastIndexOf(':') + 1)..].Trim(' ', '.'),
        { Message: var text } when text.Contains("could not be mapped to any", StringComparison.Ordinal) =>
            $"The field '{text.Split('\'')[1]}' is not known here; leave it out.",
        { Message: var text } when text.Contains("uplicate", StringComparison.Ordinal) => "A field is given twice; give it once.",
        { Path: { Length: > 1 } path } => $"The field '{path.TrimStart('$', '.')}' does not have the type that is documented for it.",
        _ => "The body is not valid JSON.",
    };

    private static bool Passes(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is NpgsqlException { IsTransient: true } or SocketException or TimeoutException
                || error is PostgresException
                {
                    SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow,
                })
                return true;
        }

        return false;
    }
}
