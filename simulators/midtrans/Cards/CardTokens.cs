using Platform.Simulators.Midtrans.Payments;

namespace Platform.Simulators.Midtrans.Cards;

/// <summary>A card behind a token: enough to decide its charge, nothing to pay with.</summary>
internal sealed record TokenizedCard(string MaskedCard, CardOutcome Outcome, DateTimeOffset ValidUntil);

/// <summary>Tokens for one charge each, alive for ten minutes. In memory only: card data is not saved.</summary>
internal sealed class CardTokens(TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, TokenizedCard> tokens = [];

    public string Issue(string number, string cvv)
    {
        var now = clock.GetUtcNow();
        var token = $"{number[..6]}-{number[^4..]}-{Guid.CreateVersion7(now)}";
        lock (gate)
        {
            foreach (var old in tokens.Where(each => each.Value.ValidUntil <= now).Select(each => each.Key).ToList())
            {
                tokens.Remove(old);
            }

            tokens[token] = new TokenizedCard(SandboxCards.Mask(number), SandboxCards.Outcome(number, cvv), now + Life);
        }

        return token;
    }

    /// <returns>The card, or null when the token is unknown, used or too old.</returns>
    public TokenizedCard? Redeem(string token)
    {
        lock (gate)
        {
            return tokens.Remove(token, out var card) && card.ValidUntil > clock.GetUtcNow() ? card : null;
        }
    }
}
