using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Hosting;

/// <summary>
/// Same key and body: the first answer again. Other body: 422. First request still running: 409 with Retry-After.
/// Key, effect and answer are one transaction, so that a crash leaves all or nothing. Faults (5xx) and missing rights are not remembered.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, TimeProvider clock)
{
    private const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 255;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<AcceptsIdempotencyKeyAttribute>() is null
            || !http.Request.Headers.TryGetValue(Header, out var values))
        {
            await next(http);
            return;
        }

        if (values is not [{ } key] || key.Length is 0 or > MaxKeyLength || key.Any(c => c is < '!' or > '~'))
        {
            await CommonRefusals.KeyInvalid.ToProblem($"Give one {Header} of 1 to {MaxKeyLength} visible ASCII characters.")
                .ExecuteAsync(http);
            return;
        }

        var wanted = new IdempotencyKey
        {
            Owner = CurrentUser.Of(http.User).Id,
            Operation = $"{http.Request.Method} {http.Request.Path.Value}",
            Key = key,
            RequestHash = await HashBodyAsync(http),
            CreatedAt = clock.GetUtcNow(),
        };
        await RunOnceAsync(http, wanted);
    }

    private async Task RunOnceAsync(HttpContext http, IdempotencyKey wanted)
    {
        var ct = http.RequestAborted;
        var db = http.RequestServices.GetRequiredService<DbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await TryLockAsync(db, wanted, ct))
        {
            await CommonRefusals.KeyInProgress.ToProblem("Ask again in a second.", retryAfter: Soon).ExecuteAsync(http);
            return;
        }

        var known = await db.Set<IdempotencyKey>().AsNoTracking().SingleOrDefaultAsync(
            k => k.Owner == wanted.Owner && k.Operation == wanted.Operation && k.Key == wanted.Key, ct);
        if (known is not null && !CryptographicOperations.FixedTimeEquals(known.RequestHash, wanted.RequestHash))
        {
            await CommonRefusals.KeyReused.ToProblem("Use a new key for a request with another body.").ExecuteAsync(http);
            return;
        }

        if (known is { Status: { } status })
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = known.ContentType;
            http.Response.Headers["Idempotency-Replayed"] = "true";
            await http.Response.Body.WriteAsync(known.Body, ct);
            return;
        }

        if (known is null)
        {
            db.Add(wanted);
            await db.SaveChangesAsync(ct);
        }

        await RunAndRememberAsync(http, new IdempotentRequest(db, transaction, known ?? wanted));
    }

    private async Task RunAndRememberAsync(HttpContext http, IdempotentRequest request)
    {
        http.Features.Set(request);
        var wire = http.Response.Body;
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = wire;
        }

        if (http.Response.StatusCode is < 500 and not (401 or 403 or 408 or 429))
            await request.RememberAsync(http.Response.StatusCode, http.Response.ContentType, buffer.ToArray());
        buffer.Position = 0;
        await buffer.CopyToAsync(wire, http.RequestAborted);
    }

    private static async Task<bool> TryLockAsync(DbContext db, IdempotencyKey key, CancellationToken ct)
    {
        var name = $"{key.Owner:N} {key.Operation} {key.Key}";
        return await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock(hashtextextended({name}, 0)) AS \"Value\"")
            .SingleAsync(ct);
    }

    private static async Task<byte[]> HashBodyAsync(HttpContext http)
    {
        http.Request.EnableBuffering();
        var hash = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
        http.Request.Body.Position = 0;
        return hash;
    }
}
