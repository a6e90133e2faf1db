using MassTransit;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Identity.Passwords;
using Platform.Identity.Sessions;
using Platform.Identity.Storage;

namespace Platform.Identity.Accounts;

/// <summary>There is no role here: everybody who registers is a USER, and a body that says otherwise is refused as unknown field.</summary>
public sealed record RegisterAccount(
    [property: PersonName] string Name,
    [property: EmailText] string Email,
    [property: NewPassword] string Password,
    [property: IndonesianPhone] string? Phone = null,
    [property: ImageAddress] string? Avatar = null) : IHasPersonalWords
{
    IEnumerable<string?> IHasPersonalWords.PersonalWords => [Name, Email, Phone];
}

/// <summary>What a new account is made of; the password is still plain here and nowhere else.</summary>
internal sealed record NewAccount(string Name, string Email, string Password, UserRole Role, string? Phone = null, string? Avatar = null);

internal static class RegistrationEndpoints
{
    public static void MapRegistration(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/auth/register", Register).AllowAnonymous().WithTags("Authentication").WithName("Register");

    private static async Task<IResult> Register(
        RegisterAccount request, Accounts accounts, PasswordHashing hashing, SignInSessions sessions, IPublishEndpoint publish,
        CancellationToken ct)
    {
        var wanted = new NewAccount(request.Name, request.Email, request.Password, UserRole.User, request.Phone, request.Avatar);
        if (await accounts.ConflictOfAsync(wanted, ct) is { } conflict)
            return conflict.ToProblem("Sign in instead, or use another one.");

        using var turn = await hashing.TakeTurnAsync(ct);
        if (!turn.IsAcquired)
            return IdentityRefusals.TooBusy.ToProblem("Try again in a few seconds.", retryAfter: PasswordHashing.ComeAgain);
        var user = await accounts.AddAsync(wanted, ct);
        await publish.Publish(new UserRegistered(user.Id, user.CreatedAt), ct);
        var tokens = sessions.Open(user);
        return await accounts.SaveAsync(ct) is { } lost
            ? lost.ToProblem("Sign in instead, or use another one.")
            : Answer.Created(TokenAnswer.Of(tokens), "Registered");
    }
}

/// <summary>Makes accounts, for those who register and for those that a deployment brings along.</summary>
internal sealed class Accounts(
    UsersDbContext db, ILookupNormalizer normalizer, PasswordHashing hashing, IPublishEndpoint publish, TimeProvider clock)
{
    public async Task<Refusal?> ConflictOfAsync(NewAccount wanted, CancellationToken ct)
    {
        var email = normalizer.NormalizeEmail(EmailAddress.Normalise(wanted.Email));
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == email, ct))
            return IdentityRefusals.EmailTaken;
        return PhoneNumber.Normalise(wanted.Phone) is { } phone && await db.Users.AnyAsync(u => u.PhoneNumber == phone, ct)
            ? IdentityRefusals.PhoneTaken
            : null;
    }

    /// <summary>Adds the account and its <c>UserRevised</c> to the unit of work. Needs a turn of <see cref="PasswordHashing"/>.</summary>
    public async Task<User> AddAsync(NewAccount wanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var email = EmailAddress.Normalise(wanted.Email);
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            Name = wanted.Name.Trim(),
            Email = email,
            NormalizedEmail = normalizer.NormalizeEmail(email),
            UserName = email,
            NormalizedUserName = normalizer.NormalizeName(email),
            PhoneNumber = PhoneNumber.Normalise(wanted.Phone),
            Avatar = wanted.Avatar is { Length: > 0 } avatar ? avatar.Trim() : null,
            Role = wanted.Role,
            CreatedAt = now,
            PasswordHash = await hashing.HashAsync(wanted.Password),
        };
        db.Users.Add(user);
        await publish.Publish(user.Revise(now), ct);
        return user;
    }

    /// <returns>The refusal, when somebody else took the e-mail or the phone number in the meantime.</returns>
    public async Task<Refusal?> SaveAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateException e) when (TakenBy(e) is { } refusal)
        {
            return refusal;
        }
    }

    private static Refusal? TakenBy(DbUpdateException fault) => (fault.InnerException as PostgresException)?.ConstraintName switch
    {
        UserConfiguration.EmailIsUnique or UserConfiguration.UserNameIsUnique => IdentityRefusals.EmailTaken,
        UserConfiguration.PhoneIsUnique => IdentityRefusals.PhoneTaken,
        _ => null,
    };
}
