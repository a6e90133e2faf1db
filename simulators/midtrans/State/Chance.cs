using System.Globalization;

namespace Platform.Simulators.Midtrans.State;

/// <summary>The dice of the simulator; with a seed they fall the same way each run. Used inside the gateway's lock only.</summary>
internal sealed class Chance(SimulatorOptions options)
{
    private readonly Random dice = options.Seed is { } seed ? new Random(seed) : new Random();

    /// <summary>At least 0, below 1.</summary>
    public double Part() => dice.NextDouble();

    public string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + dice.Next(10))));

    /// <summary>A number of the wished length whose end has never been given out before.</summary>
    public string Number(GatewayState state, string prefix, int length)
    {
        var end = (++state.Sequence).ToString("D6", CultureInfo.InvariantCulture);
        return prefix + Digits(Math.Max(0, length - prefix.Length - end.Length)) + end;
    }
}
