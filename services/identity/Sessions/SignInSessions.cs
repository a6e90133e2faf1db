using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Hosting;
using Platform.Identity.Accounts;
using Platform.Identity.Storage;
using Platform.Identity.Tokens;

namespace Platform.Identity.Sessions;

/// <summary>A pair of tokens for the client; the only place where the refresh token itself appears.</summary>
internal sealed record SignedIn(User User, string AccessToken, string RefreshToken);

/// <summary>Either new tokens or the reason why there are none.</summary>
internal sealed record Renewal(SignedIn? Tokens, Refusal? Refusal);

/// <summary>
/// Opens, renews and ends sessions. A refresh token serves once. Whoever presents a used one ends its session: either the owner
/// or somebody else holds a copy, and nobody can tell which. Two exceptions, because honest clients race and lose answers: a request that
/// found the token unused when it arrived, and one within the configured grace, get the same successor as the first; both only
/// until the successor was used.
/// </summary>
internal sealed partial class SignInSessions(
    UsersDbContext db, AccessTokens accessTokens, IOptions<SessionSettings> options, TimeProvider clock, ILogger<SignInSessions> log)
{
    /// <summary>Adds a session to the unit of work; the caller saves.</summary>
    public SignedIn Open(User user)
    {
        var now = clock.GetUtcNow();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now), UserId = user.Id, CreatedAt = now, LastUsedAt = now,
            ExpiresAt = now + options.Value.AbsoluteLifetime,
        };
        db.Sessions.Add(session);
        return Issue(user, session, RefreshSecret.Create(), isNew: true);
    }

    public async Task<Renewal> RenewAsync(string presented, CancellationToken ct)
    {
        if (RefreshSecret.Parse(presented) is not { } secret)
            return Refuse(IdentityRefusals.RefreshInvalid);
        var hash = secret.Hash;
        var seen = await db.RefreshTokens.AsNoTracking().Where(t => t.Hash == hash)
            .Select(t => new { t.SessionId, t.UsedAt }).SingleOrDefaultAsync(ct);
        if (seen is null)
            return Refuse(IdentityRefusals.RefreshInvalid);

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var session = await db.LockSessionAsync(seen.SessionId, ct);
        var token = await db.RefreshTokens.SingleOrDefaultAsync(t => t.Hash == hash, ct);
        var now = clock.GetUtcNow();
        if (session is null || token is null || !session.IsAlive(now) || !session.User.IsActive)
            return Refuse(IdentityRefusals.RefreshInvalid);

        var renewal = token.UsedAt is { } usedAt
            ? Repeat(token, secret, session, mayRepeat: seen.UsedAt is null || now < usedAt + options.Value.ReuseGrace)
            : await UseAsync(token, secret, session, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return renewal;
    }

    /// <summary>Ends one session of this user: the one that a refresh token belongs to, or else the one of the access token.</summary>
    public async Task EndAsync(CurrentUser user, string? refreshToken, CancellationToken ct)
    {
        Guid? wanted = Guid.TryParse(user.SessionId, out var own) ? own : null;
        if (refreshToken is { Length: > 0 })
        {
            var hash = RefreshSecret.Parse(refreshToken)?.Hash;
            wanted = hash is null ? null : await db.RefreshTokens.Where(t => t.Hash == hash && t.Session.UserId == user.Id)
                .Select(t => (Guid?)t.SessionId).SingleOrDefaultAsync(ct);
        }

        await EndWhereAsync(db.Sessions.Where(s => s.Id == wanted && s.UserId == user.Id), SessionEnd.Logout, ct);
    }

    /// <returns>How many sessions were alive until now.</returns>
    public Task<int> EndAllAsync(Guid user, SessionEnd reason, CancellationToken ct) =>
        EndWhereAsync(db.Sessions.Where(s => s.UserId == user), reason, ct);

    private Task<int> EndWhereAsync(IQueryable<Session> sessions, SessionEnd reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return sessions.Where(s => s.EndedAt == null && s.ExpiresAt > now).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.EndReason, reason), ct);
    }

    private async Task<Renewal> UseAsync(RefreshToken token, RefreshSecret secret, Session session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (now >= token.ExpiresAt)
            return Refuse(IdentityRefusals.RefreshInvalid);
        foreach (var earlier in await db.RefreshTokens.Where(t => t.SessionId == session.Id && t.SealedSuccessor != null).ToListAsync(ct))
            earlier.Forget();
        var successor = RefreshSecret.Create();
        token.Use(secret, successor, now);
        session.LastUsedAt = now;
        // Saved before its successor is added, because the store allows one unused token per session.
        await db.SaveChangesAsync(ct);
        return new(Issue(session.User, session, successor, isNew: true), null);
    }

    private Renewal Repeat(RefreshToken token, RefreshSecret secret, Session session, bool mayRepeat)
    {
        if (mayRepeat && token.SealedSuccessor is { } locked)
            return new(Issue(session.User, session, secret.Open(locked), isNew: false), null);
        session.End(SessionEnd.RefreshReused, clock.GetUtcNow());
        Reused(log, session.Id, session.UserId);
        return Refuse(IdentityRefusals.RefreshReused);
    }

    private SignedIn Issue(User user, Session session, RefreshSecret refresh, bool isNew)
    {
        var now = clock.GetUtcNow();
        var idleUntil = now + options.Value.IdleLifetime;
        if (isNew)
            db.RefreshTokens.Add(new() { Hash = refresh.Hash, SessionId = session.Id, IssuedAt = now, ExpiresAt = idleUntil });
        return new(user, accessTokens.Issue(user, session.Id), refresh.ToString());
    }

    private static Renewal Refuse(Refusal refusal) => new(null, refusal);

    [LoggerMessage(LogLevel.Warning, "Security: a used refresh token came again; session {SessionId} of user {UserId} is ended")]
    private static partial void Reused(ILogger log, Guid sessionId, Guid userId);
}
