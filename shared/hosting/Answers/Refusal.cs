using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Hosting;

/// <summary>A rule that says no. Codes are public, stable and unique within a service; they are never renamed or reused.</summary>
/// <param name="Status">The HTTP status; messages on the bus carry the code alone.</param>
/// <param name="Title">One sentence for people, the same for every occurrence.</param>
public sealed record Refusal(string Code, int Status, string Title)
{
    /// <param name="detail">What was refused this time, and the remedy.</param>
    /// <param name="data">Figures that a program needs (balance, shortfall …).</param>
    public RefusalResult ToProblem(string? detail = null, object? data = null, TimeSpan? retryAfter = null) =>
        new(this, detail, data, retryAfter);
}

/// <summary>A refusal as an answer: RFC 9457 problem members and the envelope's members together (api.md, "Decisions of ours").</summary>
public sealed class RefusalResult(Refusal refusal, string? detail, object? data, TimeSpan? retryAfter) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => refusal.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = refusal.Status;
        if (retryAfter is { } wait)
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var problem = new ProblemDetails { Status = refusal.Status, Title = refusal.Title, Detail = detail };
        problem.Extensions["code"] = refusal.Code;
        if (data is not null)
            problem.Extensions["data"] = data;
        return httpContext.RequestServices.GetRequiredService<IProblemDetailsService>()
            .WriteAsync(new() { HttpContext = httpContext, ProblemDetails = problem }).AsTask();
    }
}

/// <summary>The refusals that every service can give.</summary>
public static class CommonRefusals
{
    public static readonly Refusal Malformed = new("MALFORMED_REQUEST", 400, "The request could not be read");
    public static readonly Refusal Invalid = new("VALIDATION_FAILED", 400, "Some fields are not as they must be");
    public static readonly Refusal Unauthorized = new("UNAUTHORIZED", 401, "A valid access token is needed");
    public static readonly Refusal Forbidden = new("FORBIDDEN", 403, "Your role does not allow this");
    public static readonly Refusal NotFound = new("NOT_FOUND", 404, "There is nothing at this address");
    public static readonly Refusal KeyInvalid = new("IDEMPOTENCY_KEY_INVALID", 400, "The Idempotency-Key is not usable");
    public static readonly Refusal KeyReused = new("IDEMPOTENCY_KEY_REUSED", 422, "The Idempotency-Key belongs to another request");
    public static readonly Refusal KeyInProgress =
        new("IDEMPOTENCY_KEY_IN_PROGRESS", 409, "The first request with this Idempotency-Key is still running");
    public static readonly Refusal MethodNotAllowed = new("METHOD_NOT_ALLOWED", 405, "This address does not know that method");
    public static readonly Refusal UnsupportedMedia = new("UNSUPPORTED_MEDIA_TYPE", 415, "The body must be JSON");
    public static readonly Refusal BadGateway = new("SERVICE_UNREACHABLE", 502, "The service behind this address did not answer");
    public static readonly Refusal GatewayTimeout = new("SERVICE_TIMEOUT", 504, "The service behind this address took too long");
    public static readonly Refusal Unavailable = new("SERVICE_UNAVAILABLE", 503, "Something that this needs is away for a moment");
    public static readonly Refusal Unexpected = new("UNEXPECTED", 500, "Something went wrong on our side");
}
