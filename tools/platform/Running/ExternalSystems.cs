namespace Platform.Tool.Running;

/// <summary>
/// The real payment gateway and the real cluster, when the caller's environment names them; null stands for the simulator.
/// </summary>
public sealed record ExternalSystems(MidtransAccount? Midtrans, string? KubeconfigPath)
{
    public static ExternalSystems None { get; } = new(null, null);

    /// <param name="variable">Looks up an environment variable.</param>
    /// <exception cref="TroubleException">A part of an account is missing, or a file does not exist.</exception>
    public static ExternalSystems From(Func<string, string?> variable)
    {
        var kubeconfig = NullWhenEmpty(variable("PLATFORM_KUBECONFIG"));
        if (kubeconfig is not null && !File.Exists(kubeconfig))
        {
            throw new TroubleException(
                $"PLATFORM_KUBECONFIG names {kubeconfig}, which does not exist",
                "give an existing file, or unset it for the simulated cluster");
        }

        return new(MidtransAccount.From(variable), kubeconfig is null ? null : Path.GetFullPath(kubeconfig));
    }

    internal static string? NullWhenEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}

/// <summary>A merchant account at Midtrans.</summary>
public sealed record MidtransAccount(string ServerKey, string ClientKey, string MerchantId, string CoreUrl, string SnapUrl)
{
    internal static MidtransAccount? From(Func<string, string?> variable)
    {
        if (ExternalSystems.NullWhenEmpty(variable("PLATFORM_MIDTRANS_SERVER_KEY")) is not { } serverKey)
        {
            return null;
        }

        // Keys of the sandbox begin with SB-; sending a real key to the sandbox (or the other way round) is only ever a mistake.
        var sandbox = serverKey.StartsWith("SB-", StringComparison.Ordinal) ? ".sandbox" : "";
        return new(
            serverKey,
            Required(variable, "PLATFORM_MIDTRANS_CLIENT_KEY"),
            Required(variable, "PLATFORM_MIDTRANS_MERCHANT_ID"),
            ExternalSystems.NullWhenEmpty(variable("PLATFORM_MIDTRANS_CORE_URL")) ?? $"https://api{sandbox}.midtrans.com/",
            ExternalSystems.NullWhenEmpty(variable("PLATFORM_MIDTRANS_SNAP_URL")) ?? $"https://app{sandbox}.midtrans.com/snap/v1/");
    }

    private static string Required(Func<string, string?> variable, string name) =>
        ExternalSystems.NullWhenEmpty(variable(name))
        ?? throw new TroubleException(
            $"PLATFORM_MIDTRANS_SERVER_KEY is set, but {name} is not", "set it too, or unset both for the payment simulator");
}
