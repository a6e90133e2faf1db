using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Platform.Hosting;

/// <summary>One key of one caller for one operation, with the first answer; written in the transaction of the effect.</summary>
public sealed class IdempotencyKey
{
    public Guid Owner { get; set; }

    /// <summary>Method and path, so that one key may serve several operations.</summary>
    public required string Operation { get; set; }
    public required string Key { get; set; }
    public required byte[] RequestHash { get; set; }

    /// <summary>Names the effect when it was committed before its answer was known; a repetition then waits for the same answer.</summary>
    public string? Effect { get; set; }
    public int? Status { get; set; }
    public string? ContentType { get; set; }
    public byte[]? Body { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

public static class Idempotency
{
    /// <summary>Adds the table <c>idempotency_keys</c> to a service's own schema.</summary>
    public static void AddIdempotencyKeys(this ModelBuilder model) => model.Entity<IdempotencyKey>(key =>
    {
        key.ToTable("idempotency_keys").HasKey(k => new { k.Owner, k.Operation, k.Key });
        key.Property(k => k.Owner).HasColumnName("owner");
        key.Property(k => k.Operation).HasColumnName("operation");
        key.Property(k => k.Key).HasColumnName("key");
        key.Property(k => k.RequestHash).HasColumnName("request_hash");
        key.Property(k => k.Effect).HasColumnName("effect");
        key.Property(k => k.Status).HasColumnName("status");
        key.Property(k => k.ContentType).HasColumnName("content_type");
        key.Property(k => k.Body).HasColumnName("body");
        key.Property(k => k.CreatedAt).HasColumnName("created_at");
        key.HasIndex(k => k.CreatedAt).HasDatabaseName("ix_idempotency_keys_created_at");
    });

    /// <summary>Money or machines move here: the route honours the header <c>Idempotency-Key</c> (product.md §2, ◆).</summary>
    public static TBuilder AcceptsIdempotencyKey<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AcceptsIdempotencyKeyAttribute());

    /// <summary>
    /// For a handler that has to wait for its answer after its effect is safe: the name that an earlier run of the same request gave to
    /// the effect, or null when this is the first run and the effect is still to be made.
    /// </summary>
    public static string? EarlierEffect(this HttpContext http) => http.Features.Get<IdempotentRequest>()?.Effect;

    /// <summary>
    /// Makes the effect durable now, under a name, before its answer is known. Without a key it does nothing: the handler has saved.
    /// </summary>
    public static Task CommitEffectAsync(this HttpContext http, string effect) =>
        http.Features.Get<IdempotentRequest>()?.CommitEffectAsync(effect) ?? Task.CompletedTask;
}

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class AcceptsIdempotencyKeyAttribute : Attribute;
