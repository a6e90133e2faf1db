using System.ComponentModel.DataAnnotations;

namespace Platform.Identity.Passwords;

internal sealed class PasswordSettings
{
    public const string Section = "Identity:Passwords";

    /// <summary>No password is longer. 256 characters are at most 768 bytes: far below what would make hashing a burden.</summary>
    public const int MaxLength = 256;

    /// <summary>Shortest password in characters. 15 because the password is the only factor (NIST SP 800-63B-4).</summary>
    [Range(8, 64)] public int MinLength { get; init; } = 15;

    /// <summary>PBKDF2-HMAC-SHA512 rounds of new hashes; Identity's own default. Older hashes are renewed at the next sign-in.</summary>
    [Range(1_000, 10_000_000)] public int Iterations { get; init; } = 100_000;

    /// <summary>Hashes computed at the same time. Each keeps one core busy for a good part of a second.</summary>
    [Range(1, 64)] public int ParallelHashes { get; init; } = 2;

    /// <summary>How many may wait for their turn; who comes later is told to come again.</summary>
    [Range(0, 1_000)] public int WaitingHashes { get; init; } = 16;
}
