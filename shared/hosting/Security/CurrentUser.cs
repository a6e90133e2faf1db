using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Platform.Hosting;

/// <summary>Whoever made the request, read from the validated token and from nowhere else. Bound by Minimal APIs as a parameter.</summary>
public sealed record CurrentUser(Guid Id, string Role, string SessionId)
{
    public const string Administrator = "ADMINISTRATOR";

    public static ValueTask<CurrentUser> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    /// <exception cref="BadHttpRequestException">401: the token lacks what identity puts in every token.</exception>
    public static CurrentUser Of(ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue("sub"), out var id) && user.FindFirstValue("role") is { } role
            ? new(id, role, user.FindFirstValue("sid") ?? "")
            : throw new BadHttpRequestException("The access token lacks its subject or role.", StatusCodes.Status401Unauthorized);
}
