using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Platform.Hosting;

/// <summary>
/// Writes an error as problem JSON whatever the caller accepts. The framework's own writer writes nothing for <c>Accept: text/html</c>,
/// which turned every refusal that a browser's address bar met into an empty 500.
/// </summary>
internal sealed class ProblemAnyway(IOptions<ProblemDetailsOptions> options, IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        options.Value.CustomizeProblemDetails?.Invoke(context);
        // The runtime type, because validation problems have members that the base does not know.
        var problem = context.ProblemDetails;
        return new(context.HttpContext.Response.WriteAsJsonAsync(
            problem, problem.GetType(), json.Value.SerializerOptions, "application/problem+json", context.HttpContext.RequestAborted));
    }
}
