using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Platform.Identity.Accounts;

namespace Platform.Identity.Passwords;

internal enum PasswordCheck
{
    Wrong,
    Right,

    /// <summary>Right, but hashed with fewer rounds than are used now: store a new hash.</summary>
    RightButOutdated,
}

/// <summary>
/// All hashing of passwords. A hash costs a good part of a second of a core, so only few run at once and few wait:
/// a flood of sign-ins must not take the processor from everybody else.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    /// <summary>When to come again after a refusal: about the time in which the queue has emptied.</summary>
    public static readonly TimeSpan ComeAgain = TimeSpan.FromSeconds(5);

    // The hasher does not look at the user; it is a parameter for those who want to salt with it.
    private static readonly User Nobody = new() { Name = "" };
    private readonly IPasswordHasher<User> hasher;
    private readonly ConcurrencyLimiter turns;
    private readonly string decoy;

    public PasswordHashing(IPasswordHasher<User> hasher, IOptions<PasswordSettings> options)
    {
        this.hasher = hasher;
        turns = new(new()
        {
            PermitLimit = options.Value.ParallelHashes,
            QueueLimit = options.Value.WaitingHashes,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        decoy = hasher.HashPassword(Nobody, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
    }

    /// <summary>Waits for a turn. A lease that is not acquired means: too many wait already; hash nothing.</summary>
    public ValueTask<RateLimitLease> TakeTurnAsync(CancellationToken ct) => turns.AcquireAsync(1, ct);

    /// <summary>Needs a turn.</summary>
    public Task<string> HashAsync(string password) => Task.Run(() => hasher.HashPassword(Nobody, password));

    /// <summary>Needs a turn.</summary>
    /// <param name="hash">Null for an account that does not exist: costs the same as one that does, so that time tells nothing.</param>
    public Task<PasswordCheck> CheckAsync(string? hash, string password) => Task.Run(() =>
        (hasher.VerifyHashedPassword(Nobody, hash ?? decoy, password), hash) switch
        {
            (_, null) or (PasswordVerificationResult.Failed, _) => PasswordCheck.Wrong,
            (PasswordVerificationResult.SuccessRehashNeeded, _) => PasswordCheck.RightButOutdated,
            _ => PasswordCheck.Right,
        });

    public void Dispose() => turns.Dispose();
}
