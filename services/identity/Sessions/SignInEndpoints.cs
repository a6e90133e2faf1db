using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;
using Platform.Identity.Accounts;
using Platform.Identity.Passwords;
using Platform.Identity.Storage;

namespace Platform.Identity.Sessions;

public sealed record LogIn(
    [property: EmailText] string Email,
    [property: Required, StringLength(PasswordSettings.MaxLength)] string Password);

public sealed record RenewTokens([property: Required, StringLength(256)] string RefreshToken);

public sealed record LogOut([property: StringLength(256)] string? RefreshToken = null);

public sealed record TokenAnswer(UserView User, string AccessToken, string RefreshToken)
{
    internal static TokenAnswer Of(SignedIn tokens) => new(UserView.Of(tokens.User), tokens.AccessToken, tokens.RefreshToken);
}

public sealed record LoggedOutEverywhere(int Revoked);

internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/auth").WithTags("Authentication");
        auth.MapPost("/login", LogIn).AllowAnonymous().WithName("LogIn");
        auth.MapPost("/refresh-token", Renew).AllowAnonymous().WithName("RenewTokens");
        auth.MapPost("/logout", LogOut).WithName("LogOut");
        auth.MapPost("/logout-all", LogOutEverywhere).WithName("LogOutEverywhere");
    }

    private static async Task<IResult> LogIn(LogIn request, UsersDbContext db, LockOut lockOut, PasswordHashing hashing,
        ILookupNormalizer normalizer, SignInSessions sessions, CancellationToken ct)
    {
        var email = EmailAddress.Normalise(request.Email);
        if (await lockOut.WaitAsync(email, ct) is { } wait)
            return Locked(wait);
        using var turn = await hashing.TakeTurnAsync(ct);
        if (!turn.IsAcquired)
            return IdentityRefusals.TooBusy.ToProblem("Try again in a few seconds.", retryAfter: PasswordHashing.ComeAgain);
        if (!await lockOut.CountTryAsync(email, ct))
            return Locked(await lockOut.WaitAsync(email, ct) ?? TimeSpan.FromSeconds(1));

        var normalized = normalizer.NormalizeEmail(email);
        var user = await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, ct);
        var check = await hashing.CheckAsync(user?.PasswordHash, request.Password);
        if (user is null || check == PasswordCheck.Wrong)
            return IdentityRefusals.InvalidCredentials.ToProblem();
        await lockOut.ForgiveAsync(email, ct);
        // Told only to those who know the password: everybody else must not learn that the account exists.
        if (!user.IsActive)
            return IdentityRefusals.AccountDisabled.ToProblem("Ask the support to enable it.");
        if (check == PasswordCheck.RightButOutdated)
            user.PasswordHash = await hashing.HashAsync(request.Password);
        var tokens = sessions.Open(user);
        await db.SaveChangesAsync(ct);
        return Answer.Ok(TokenAnswer.Of(tokens), "Signed in");
    }

    private static RefusalResult Locked(TimeSpan wait) =>
        IdentityRefusals.Locked.ToProblem("Wait before the next try; each further wrong password makes the wait longer.", retryAfter: wait);

    private static async Task<IResult> Renew(RenewTokens request, SignInSessions sessions, CancellationToken ct)
    {
        var renewal = await sessions.RenewAsync(request.RefreshToken, ct);
        return renewal.Tokens is { } tokens
            ? Answer.Ok(TokenAnswer.Of(tokens))
            : renewal.Refusal!.ToProblem("Sign in again.");
    }

    /// <summary>Works without a body too; then it ends the session of the access token.</summary>
    private static async Task<IResult> LogOut(LogOut? request, CurrentUser caller, SignInSessions sessions, CancellationToken ct)
    {
        await sessions.EndAsync(caller, request?.RefreshToken, ct);
        return Answer.Done("Signed out");
    }

    private static async Task<IResult> LogOutEverywhere(CurrentUser caller, SignInSessions sessions, CancellationToken ct) =>
        Answer.Ok(new LoggedOutEverywhere(await sessions.EndAllAsync(caller.Id, SessionEnd.LogoutEverywhere, ct)), "Signed out everywhere");
}
