using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Identity.Keys;

/// <summary>The keys that sign access tokens: one signs, all are believed and published.</summary>
internal sealed partial class SigningKeys(IOptions<SigningKeyOptions> options, TimeProvider clock, ILogger<SigningKeys> log)
{
    private volatile Ring ring = Ring.OfStart(SigningKeyFiles.Read(options.Value.SigningKeysDirectory));

    public ECDsaSecurityKey Signing => ring.SigningAt(clock.GetUtcNow());

    public IReadOnlyList<ECDsaSecurityKey> All => ring.Keys;

    public ECDsaSecurityKey? Find(string? keyId) => ring.Keys.FirstOrDefault(key => key.KeyId == keyId);

    /// <summary>Takes up new keys and drops removed ones. A directory that became unusable changes nothing: the known keys go on.</summary>
    public void Reread()
    {
        try
        {
            var known = ring;
            var found = SigningKeyFiles.Read(options.Value.SigningKeysDirectory);
            if (found.Select(key => key.KeyId).SequenceEqual(known.Keys.Select(key => key.KeyId)))
                return;
            ring = known.ReplacedBy(found, clock.GetUtcNow() + options.Value.KeyPublicationLead);
            Changed(log, found.Count, string.Join(", ", found.Select(key => key.KeyId)));
        }
        catch (SigningKeyException fault)
        {
            Unusable(log, fault);
        }
    }

    [LoggerMessage(LogLevel.Information, "There are {Count} signing keys now: {KeyIds}")]
    private static partial void Changed(ILogger log, int count, string keyIds);

    [LoggerMessage(LogLevel.Error, "The signing keys could not be read again; the known ones stay in use")]
    private static partial void Unusable(ILogger log, Exception fault);

    /// <param name="Keys">Oldest first.</param>
    /// <param name="SignsFrom">For keys that appeared while running: when they start to sign.</param>
    private sealed record Ring(IReadOnlyList<ECDsaSecurityKey> Keys, IReadOnlyDictionary<string, DateTimeOffset> SignsFrom)
    {
        public static Ring OfStart(IReadOnlyList<ECDsaSecurityKey> keys) => new(keys, new Dictionary<string, DateTimeOffset>());

        public ECDsaSecurityKey SigningAt(DateTimeOffset now) => Keys.LastOrDefault(key => StartOf(key) <= now) ?? Keys[^1];

        public Ring ReplacedBy(IReadOnlyList<ECDsaSecurityKey> found, DateTimeOffset signsFrom)
        {
            var known = Keys.Select(key => key.KeyId).ToHashSet();
            return new(found, found.ToDictionary(key => key.KeyId, key => known.Contains(key.KeyId) ? StartOf(key) : signsFrom));
        }

        private DateTimeOffset StartOf(ECDsaSecurityKey key) => SignsFrom.GetValueOrDefault(key.KeyId, DateTimeOffset.MinValue);
    }
}

/// <summary>Reads the directory again and again, so that keys are changed without a restart.</summary>
internal sealed class SigningKeyWatch(SigningKeys keys, IOptions<SigningKeyOptions> options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.KeyRereadInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            keys.Reread();
    }
}
