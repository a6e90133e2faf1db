using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Identity.Sessions;

/// <summary>A refresh token as it is kept: its hash, never itself. It serves once; then it has a successor in the same session.</summary>
public sealed class RefreshToken
{
    public required byte[] Hash { get; init; }

    public Guid SessionId { get; init; }

    public Session Session { get; init; } = null!;

    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>The idle limit; the session has the absolute one.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; private set; }

    /// <summary>The successor, readable only with this token itself. Gone as soon as the successor was used.</summary>
    public byte[]? SealedSuccessor { get; private set; }

    public void Use(RefreshSecret own, RefreshSecret successor, DateTimeOffset now) =>
        (UsedAt, SealedSuccessor) = (now, own.Seal(successor));

    public void Forget() => SealedSuccessor = null;
}

/// <summary>The 256 random bits of a refresh token, as the client holds them: base64url.</summary>
public sealed class RefreshSecret
{
    private const int Bytes = 32;
    private const int TextLength = 43;
    private readonly byte[] bits;

    private RefreshSecret(byte[] bits) => this.bits = bits;

    /// <summary>What is stored and looked up. A plain hash will do: 256 random bits can not be guessed.</summary>
    public byte[] Hash => SHA256.HashData(bits);

    public static RefreshSecret Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <returns>Null when the text can not be a refresh token of ours.</returns>
    public static RefreshSecret? Parse(string text)
    {
        if (text.Length != TextLength || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_'))
            return null;
        var bits = Base64UrlEncoder.DecodeBytes(text);
        return bits.Length == Bytes ? new(bits) : null;
    }

    /// <summary>Locks another secret so that only a holder of this one can read it: one-time key, authenticated.</summary>
    public byte[] Seal(RefreshSecret other)
    {
        var locked = new byte[Bytes + AesGcm.TagByteSizes.MaxSize];
        using var cipher = new AesGcm(SealingKey(), AesGcm.TagByteSizes.MaxSize);
        cipher.Encrypt(NoNonce, other.bits, locked.AsSpan(0, Bytes), locked.AsSpan(Bytes));
        return locked;
    }

    /// <exception cref="CryptographicException">It was sealed with another secret, or changed.</exception>
    public RefreshSecret Open(byte[] locked)
    {
        var opened = new byte[Bytes];
        using var cipher = new AesGcm(SealingKey(), AesGcm.TagByteSizes.MaxSize);
        cipher.Decrypt(NoNonce, locked.AsSpan(0, Bytes), locked.AsSpan(Bytes), opened);
        return new(opened);
    }

    public override string ToString() => Base64UrlEncoder.Encode(bits);

    // Every secret seals exactly one successor, so its key is used once and needs no nonce.
    private static byte[] NoNonce => new byte[AesGcm.NonceByteSizes.MaxSize];

    private byte[] SealingKey() => HKDF.DeriveKey(HashAlgorithmName.SHA256, bits, 32, info: "refresh-token successor"u8.ToArray());
}

internal sealed class RefreshTokenConfiguration : IEntityTypeConfiguration<RefreshToken>
{
    public void Configure(EntityTypeBuilder<RefreshToken> token)
    {
        token.ToTable("refresh_tokens", table =>
        {
            table.HasCheckConstraint("refresh_tokens_hash_is_sha256", "length(hash) = 32");
            table.HasCheckConstraint("refresh_tokens_successor_after_use", "sealed_successor IS NULL OR used_at IS NOT NULL");
        });
        token.HasKey(t => t.Hash).HasName("pk_refresh_tokens");
        token.Property(t => t.Hash).HasColumnName("hash");
        token.Property(t => t.SessionId).HasColumnName("session_id");
        token.Property(t => t.IssuedAt).HasColumnName("issued_at");
        token.Property(t => t.ExpiresAt).HasColumnName("expires_at");
        token.Property(t => t.UsedAt).HasColumnName("used_at");
        token.Property(t => t.SealedSuccessor).HasColumnName("sealed_successor");
        token.HasOne(t => t.Session).WithMany().HasForeignKey(t => t.SessionId).HasConstraintName("fk_refresh_tokens_session");
        // One living token per session, whatever races: two would be two families.
        token.HasIndex(t => t.SessionId).IsUnique().HasFilter("used_at IS NULL").HasDatabaseName("ux_refresh_tokens_unused");
        token.HasIndex(t => new { t.SessionId, t.IssuedAt }).HasDatabaseName("ix_refresh_tokens_session");
    }
}
