using System.Collections.Immutable;

namespace Platform.Wallets.ModelTests;

/// <summary>
/// One wallet that serves one call after another. The checker asks whether what was said at the same time could have been said in some
/// order by such a wallet.
/// </summary>
internal sealed record Spec(Purse Purse, ImmutableSortedDictionary<string, string> Known)
{
    private const string Open = "open";
    private const string Captured = "captured";
    private const string Ended = "ended";
    private const string Refused = "refused";

    /// <summary>Says that an effect under this key is there.</summary>
    private const string Happened = "happened";

    public static Spec Empty { get; } = new(default, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>Equal for two states that no later call can tell apart.</summary>
    public string Fingerprint => $"{Purse} {string.Join(' ', Known)}";

    /// <returns>The state after the call, or null when the wallet could not have said this now.</returns>
    public Spec? Serve(Call call) => call.Asked switch
    {
        Asked.Credit => Once(call, allowed: true, purse => purse.Gain(call.Amount)),
        Asked.TakeBack => Once(call, allowed: true, purse => purse.Lose(call.Amount)),
        Asked.Debit => Once(call, Purse.Available >= call.Amount, purse => purse with { Available = purse.Available - call.Amount }),
        Asked.Hold => Hold(call),
        Asked.Capture => Capture(call),
        Asked.Release => Release(call),
        Asked.Read => call.Saw.Fits(Purse) ? this : null,
        _ => throw new InvalidOperationException($"{call.Asked} has no rule."),
    };

    private Spec? Once(Call call, bool allowed, Func<Purse, Purse> change)
    {
        if (Known.ContainsKey(call.Key))
            return call.Said is Said.Again or Said.Unknown ? this : null;
        if (call.Said == Said.Again || !call.Saw.Fits(Purse) || (call.Said != Said.Unknown && allowed != (call.Said == Said.Ok)))
            return null;
        return allowed ? With(change(Purse), call.Key, Happened) : this;
    }

    private Spec? Hold(Call call)
    {
        var status = Known.GetValueOrDefault(call.Key);
        if (status is not (null or Ended))
            return Says(call, status != Refused) ? this : null;
        var held = status is null && Purse.Available >= call.Amount;
        if (!Says(call, held) || !call.Saw.Fits(Purse))
            return null;
        return held
            ? With(Purse with { Available = Purse.Available - call.Amount, Held = Purse.Held + call.Amount }, call.Key, Open)
            : With(Purse, call.Key, Refused);
    }

    private Spec? Capture(Call call)
    {
        var status = Known.GetValueOrDefault(call.Key);
        if (!Says(call, status is Open or Captured))
            return null;
        return status switch
        {
            Open => With(Purse with { Held = Purse.Held - call.Amount }, call.Key, Captured),
            null => With(Purse, call.Key, Ended),
            _ => this,
        };
    }

    private Spec? Release(Call call)
    {
        var status = Known.GetValueOrDefault(call.Key);
        if (!Says(call, status != Captured))
            return null;
        return status switch
        {
            Open => With((Purse with { Held = Purse.Held - call.Amount }).Gain(call.Amount), call.Key, "released"),
            null => With(Purse, call.Key, Ended),
            _ => this,
        };
    }

    private static bool Says(Call call, bool yes) => call.Said == Said.Unknown || yes == (call.Said == Said.Ok);

    private Spec With(Purse purse, string key, string status) => new(purse, Known.SetItem(key, status));
}
