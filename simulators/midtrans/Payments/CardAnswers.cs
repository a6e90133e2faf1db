namespace Platform.Simulators.Midtrans.Payments;

internal static class CardAnswers
{
    /// <summary>Writes what the bank's side adds to a card transaction.</summary>
    /// <param name="reason">The text of a refusal that is not the bank's own, such as a failed 3DS.</param>
    public static void Write(Transaction transaction, CardOutcome outcome, string? reason)
    {
        var (code, message) = outcome switch
        {
            CardOutcome.DeniedByBank => ("05", reason ?? "Do not honour"),
            CardOutcome.DeniedByFraudDetection => ("05", reason ?? "Denied by fraud detection"),
            CardOutcome.AcceptedLater => ("09", "Request in progress"),
            _ => ("00", "Approved"),
        };
        var fields = transaction.Fields;
        fields["channel_response_code"] = code;
        fields["channel_response_message"] = message;
        fields["eci"] = transaction.Card!.ThreeDs ? "05" : "07";
        if (transaction.Card.ThreeDs)
        {
            fields["three_ds_version"] = "2";
        }

        if (outcome is CardOutcome.Accept or CardOutcome.Challenge)
        {
            // Six digits from the transaction's own id: the approval code of a card does not change when it is asked for again.
            var digits = transaction.Id.Where(char.IsAsciiDigit).Take(6);
            fields["approval_code"] = string.Concat(digits).PadLeft(6, '0');
        }
    }
}
