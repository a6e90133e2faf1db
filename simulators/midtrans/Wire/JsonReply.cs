using System.Text;
using System.Text.Json.Nodes;

namespace Platform.Simulators.Midtrans.Wire;

/// <summary>An answer of the gateway: what HTTP says and what the body says are two different things here.</summary>
internal sealed record JsonReply(int HttpStatus, JsonObject Body) : IResult
{
    /// <summary>The `status_code` of the body, or the HTTP status where the body has none (Snap).</summary>
    public string Code => Body.Text("status_code") ?? HttpStatus.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = Encoding.UTF8.GetBytes(Body.ToJsonString());
        httpContext.Response.StatusCode = HttpStatus;
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.ContentLength = bytes.Length;
        await httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}
