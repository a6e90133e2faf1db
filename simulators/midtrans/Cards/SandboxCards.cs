using Platform.Simulators.Midtrans.Payments;

namespace Platform.Simulators.Midtrans.Cards;

/// <summary>The sandbox's cards and what becomes of them. A real card number has no business here and is denied.</summary>
internal static class SandboxCards
{
    public const string Accepted = "4811111111111114";
    public const string Challenged = "4511111111111117";
    public const string Cvv = "123";
    public const string OneTimePassword = "112233";

    public static CardOutcome Outcome(string number, string cvv) => cvv != Cvv ? CardOutcome.DeniedByBank : number switch
    {
        Accepted => CardOutcome.Accept,
        "4611111111111116" => CardOutcome.DeniedByFraudDetection,
        "4024007176265022" => CardOutcome.AcceptedLater,
        // From the sandbox's older card list; the merchant has to approve or deny.
        Challenged => CardOutcome.Challenge,
        _ => CardOutcome.DeniedByBank,
    };

    public static string Mask(string number) => $"{number[..8]}-{number[^4..]}";

    /// <summary>13 to 19 digits with a correct check digit.</summary>
    public static bool IsCardNumber(string? number)
    {
        if (number is null || number.Length is < 13 or > 19 || !number.All(char.IsAsciiDigit))
        {
            return false;
        }

        var sum = 0;
        for (var place = 0; place < number.Length; place++)
        {
            var digit = number[number.Length - 1 - place] - '0';
            sum += place % 2 == 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        }

        return sum % 10 == 0;
    }
}
