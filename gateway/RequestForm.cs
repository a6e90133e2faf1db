using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Hosting;

namespace Platform.Gateway;

/// <summary>
/// What a request must look like before anybody looks at what it wants: one reading, and no bigger than ours ever are. The server behind
/// reads a little more than these limits allow, so that the answer is ours and says what to change.
/// </summary>
internal static partial class RequestForm
{
    private const int MaxLineBytes = 8 * 1024;
    private const int MaxHeaderBytes = 32 * 1024;
    private const int MaxBodyBytes = 64 * 1024;
    private static readonly FrozenSet<string> Methods = new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" }.ToFrozenSet();

    private static readonly Refusal Ambiguous = new("AMBIGUOUS_REQUEST", 400, "The request can be read in more than one way");
    private static readonly Refusal LineTooLong = new("REQUEST_LINE_TOO_LONG", 414, "The address is too long");
    private static readonly Refusal HeadersTooLarge = new("HEADERS_TOO_LARGE", 431, "The headers are too large");
    private static readonly Refusal BodyTooLarge = new("BODY_TOO_LARGE", 413, "The body is too large");

    public static void LeaveRoom(KestrelServerLimits limits)
    {
        limits.MaxRequestLineSize = 2 * MaxLineBytes;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes + (16 * 1024);
        limits.MaxRequestBodySize = MaxBodyBytes;
    }

    /// <summary>Answers what is not acceptable; the rest goes on with repeated slashes collapsed (the frontend sends some).</summary>
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        if (FaultOf(http.Request) is var (refusal, remedy))
            return Refuse(http, refusal, remedy);
        if (http.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
            http.Request.Path = RepeatedSlashes().Replace(path, "/");
        return next(http);
    }

    /// <summary>
    /// Reads the whole body before a service is troubled: a slow or oversized upload holds nobody but us, and what is sent on has a length
    /// and no other framing. The bytes stay as they are (the payment webhook is signed).
    /// </summary>
    public static async Task ReadBodyAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            request.EnableBuffering(MaxBodyBytes, MaxBodyBytes);
            try
            {
                await request.Body.DrainAsync(http.RequestAborted);
            }
            catch (Microsoft.AspNetCore.Http.BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                await Refuse(http, BodyTooLarge, $"Send at most {MaxBodyBytes / 1024} KB.");
                return;
            }

            request.Body.Position = 0;
            request.Headers.Remove("Transfer-Encoding");
            request.ContentLength = request.Body.Length;
        }

        await next(http);
    }

    private static (Refusal Refusal, string Remedy)? FaultOf(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (request.Method.Length + target.Length + request.Protocol.Length + 2 > MaxLineBytes)
            return (LineTooLong, $"Send at most {MaxLineBytes / 1024} KB in the first line.");
        if (BytesOf(request.Headers) > MaxHeaderBytes)
            return (HeadersTooLarge, $"Send at most {MaxHeaderBytes / 1024} KB of headers.");
        if (!Methods.Contains(request.Method))
            return (CommonRefusals.MethodNotAllowed, $"Use one of {string.Join(", ", Methods)}.");
        if (Unplain().IsMatch(PathOf(target)))
            return (Ambiguous, "Send the path in its plain form: no percent-encoding, no dot segments, no backslash, no semicolon.");
        // Of two framings the server keeps the chunked one and puts the length aside under this name.
        var lengths = request.ContentLength is not null || request.Headers.ContainsKey("X-Content-Length");
        if (request.Headers.TransferEncoding.Count > 0 && lengths)
            return (Ambiguous, "Send Content-Length or Transfer-Encoding, not both.");
        if (request.ContentLength > MaxBodyBytes)
            return (BodyTooLarge, $"Send at most {MaxBodyBytes / 1024} KB.");
        return null;
    }

    private static Task Refuse(HttpContext http, Refusal refusal, string remedy)
    {
        // What follows on such a connection cannot be trusted to be a request of its own.
        http.Response.Headers.Connection = "close";
        if (refusal.Status == StatusCodes.Status405MethodNotAllowed)
            http.Response.Headers.Allow = string.Join(", ", Methods);
        return refusal.ToProblem(remedy).ExecuteAsync(http);
    }

    private static int BytesOf(IHeaderDictionary headers)
    {
        const int Framing = 4; // ": " and the end of the line
        return headers.Sum(header => header.Value.Sum(value => header.Key.Length + (value?.Length ?? 0) + Framing));
    }

    /// <summary>The path as it came over the wire; of the absolute form (http://host/path) too.</summary>
    private static ReadOnlySpan<char> PathOf(string target)
    {
        var path = target.AsSpan();
        if (path.IndexOf('?') is >= 0 and var question)
            path = path[..question];
        if (path.StartsWith('/') || path.IndexOf("://", StringComparison.Ordinal) is not (>= 0 and var scheme))
            return path;
        path = path[(scheme + 3)..];
        return path.IndexOf('/') is >= 0 and var slash ? path[slash..] : "/";
    }

    /// <summary>
    /// Anything that a proxy and a service could read differently. Our paths are made of plain ASCII words and ids, so whatever is encoded
    /// in one is a try: a separator, a dot, a look-alike of a slash, a second encoding.
    /// </summary>
    [GeneratedRegex(@"[^A-Za-z0-9._~!$&'()*+,=:@/-]|\.(/|\z)|\A[^/]|\A\z")]
    private static partial Regex Unplain();

    [GeneratedRegex("/{2,}")]
    private static partial Regex RepeatedSlashes();
}
