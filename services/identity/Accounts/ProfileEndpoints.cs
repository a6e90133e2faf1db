using System.ComponentModel.DataAnnotations;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;
using Platform.Identity.Storage;

namespace Platform.Identity.Accounts;

/// <summary>What is absent stays as it is; empty text for phone and avatar counts as absent (api.md §13.4).</summary>
public sealed record ChangeProfile(
    [property: PersonName] string? Name = null,
    [property: IndonesianPhone] string? Phone = null,
    [property: ImageAddress] string? Avatar = null);

public sealed record ChangeAvatar([property: Required, ImageAddress] string Avatar);

internal static class ProfileEndpoints
{
    public static void MapProfile(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/auth/profile", Show).WithTags("Authentication").WithName("GetOwnAccount");
        var profile = routes.MapGroup("/api/user").WithTags("Profile");
        profile.MapGet("/profile", Show).WithName("GetProfile");
        profile.MapPut("/profile", Change).WithName("ChangeProfile");
        profile.MapPatch("/avatar", ChangePicture).WithName("ChangeAvatar");
    }

    private static async Task<IResult> Show(CurrentUser caller, UsersDbContext db, CancellationToken ct) =>
        await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == caller.Id, ct) is { } user
            ? Answer.Ok(UserAnswer.Of(user))
            : CommonRefusals.NotFound.ToProblem();

    private static Task<IResult> ChangePicture(
        ChangeAvatar request, CurrentUser caller, UsersDbContext db, Accounts accounts, IPublishEndpoint publish, TimeProvider clock,
        CancellationToken ct) =>
        Change(new ChangeProfile(Avatar: request.Avatar), caller, db, accounts, publish, clock, ct);

    private static async Task<IResult> Change(
        ChangeProfile request, CurrentUser caller, UsersDbContext db, Accounts accounts, IPublishEndpoint publish, TimeProvider clock,
        CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.LockUserAsync(caller.Id, ct) is not { } user)
            return CommonRefusals.NotFound.ToProblem();

        user.Name = request.Name?.Trim() ?? user.Name;
        user.PhoneNumber = PhoneNumber.Normalise(request.Phone) ?? user.PhoneNumber;
        user.Avatar = request.Avatar is { Length: > 0 } avatar ? avatar.Trim() : user.Avatar;
        if (db.Entry(user).State == EntityState.Modified)
            await publish.Publish(user.Revise(clock.GetUtcNow()), ct);
        if (await accounts.SaveAsync(ct) is { } refusal)
            return refusal.ToProblem("Use another one.");
        await transaction.CommitAsync(ct);
        return Answer.Ok(UserAnswer.Of(user));
    }
}
