using System.Text.Json.Nodes;
using Platform.WalletSequences.Playing;

namespace Platform.WalletSequences.Catalogue;

/// <summary>Something that happens to a payment: at the gateway, at the bank, or by its owner.</summary>
/// <param name="Name">What it is, with the amount.</param>
/// <param name="Tells">How many notifications the gateway writes about it.</param>
internal sealed record Step(string Name, Func<Play, Task> Act, int Tells)
{
    /// <summary>The name without the amounts.</summary>
    public string Kind => string.Concat(Name.Where(letter => !char.IsAsciiDigit(letter)));

    /// <summary>Its notifications arrive after everything else.</summary>
    public bool Late { get; init; }

    /// <summary>Its notifications never arrive.</summary>
    public bool Lost { get; init; }

    /// <summary>What the first attempt to tell us is answered.</summary>
    public int Answer { get; init; } = 200;

    /// <summary>Its notifications arrive after everything else.</summary>
    public Step ToldLate() => this with { Late = true, Name = $"{Name} (told late)" };

    public Step NeverTold() => this with { Lost = true, Name = $"{Name} (never told)" };

    public Step Refused(int answer) => this with { Answer = answer, Name = $"{Name} (refused {answer})" };
}

/// <summary>Where an order must stand in the end.</summary>
/// <param name="Line">The status of the line that the owner has seen from the beginning.</param>
/// <param name="AtGateway">What the gateway says is left, where that may differ from what we have credited.</param>
internal sealed record End(
    string? Stage, string? Line, long Net, int Credits = 0, int Reversals = 0, long Debt = 0, string NeedsLooking = "",
    long? AtGateway = null)
{
    public static End Credited(int reversals = 0, long net = Row.Amount) =>
        new(net == 0 ? "REVERSED" : "SETTLED", net == 0 ? "REFUNDED" : "COMPLETED", net, Credits: 1, reversals);

    /// <summary>Taken back wholly, and paid once more; the second payment has a line of its own.</summary>
    public static End CreditedAnew { get; } = new("SETTLED", "REFUNDED", Row.Amount, Credits: 2, Reversals: 1);

    public static End Failed { get; } = new("CLOSED", "FAILED", 0);

    public static End Waiting { get; } = new("OPEN", "PENDING", 0);

    public static End Cancelled { get; } = new("CLOSED", "CANCELLED", 0);
}

/// <summary>One sequence: how a payment goes, and what must have come of it.</summary>
/// <param name="Pays">The method as our API names it.</param>
internal sealed record Row(string Name, string Pays, End End, params Step[] Steps)
{
    /// <summary>Whole rupiah.</summary>
    public const long Amount = 100_000;

    /// <summary>The channel, where the row is one of several that differ in it only.</summary>
    public string? Channel { get; init; }

    /// <summary>How the gateway's notifications misbehave.</summary>
    public JsonObject? Modes { get; init; }

    /// <summary>The end when everything had happened at the gateway before we heard the first word, where it differs.</summary>
    public End? WhenToldLate { get; init; }

    /// <summary>The order is another shop's: the wallet never opened it.</summary>
    public bool Elsewhere { get; init; }

    /// <summary>In the middle the owner does something that needs the credit to be there.</summary>
    public bool NeedsCreditMeanwhile { get; init; }

    /// <summary>Some step ends only with the janitor's next round.</summary>
    public bool WaitsForJanitor => Steps.Any(step => step.Name.Contains("janitor", StringComparison.Ordinal));

    public int Notifications => Steps.Where(step => !step.Lost).Sum(step => step.Tells);

    /// <summary>The steps whose notifications arrive, in the order of arrival: one entry for each notification.</summary>
    public IReadOnlyList<Step> Deliveries =>
    [
        .. Steps.Where(step => step is { Late: false, Lost: false }).Concat(Steps.Where(step => step.Late))
            .SelectMany(step => Enumerable.Repeat(step, step.Tells)),
    ];

    /// <summary>Names the situation that a delivery meets: what it tells of, and what had happened and been told right before.</summary>
    public string SituationOf(int delivery)
    {
        var deliveries = Deliveries;
        var last = deliveries[delivery];
        var before = Array.IndexOf(Steps, last) is > 0 and var at ? Steps[at - 1].Kind : "nothing";
        var told = delivery > 0 ? deliveries[delivery - 1].Kind : "nothing";
        return $"{last.Kind} after {before}, {told} told";
    }

    public override string ToString() => Channel is null ? Name : $"{Name} ({Channel})";
}
