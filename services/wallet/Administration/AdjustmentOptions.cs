using System.ComponentModel.DataAnnotations;

namespace Platform.Wallets;

internal sealed class AdjustmentOptions
{
    public const string Section = "Adjustments";

    /// <summary>
    /// An adjustment of more than this, in whole rupiah, waits until a second administrator approves it; 0 makes every one wait.
    /// </summary>
    [Range(0, AddCreditRequest.Most)] public long SecondAdministratorAbove { get; init; } = 10_000_000;
}
