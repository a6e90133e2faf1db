namespace Platform.Benchmarks;

/// <summary>Where the running system is; <c>./platform bench</c> says it in the environment.</summary>
internal static class Surroundings
{
    /// <summary>The administrator's connection to the server.</summary>
    public static string Postgres => Required("PLATFORM_POSTGRES");

    /// <summary>The administrator's connection to the services' own database.</summary>
    public static string Platform => Required("PLATFORM_DATABASE");

    public static Uri RabbitMq => new(Required("PLATFORM_RABBITMQ"));

    public static Uri Gateway => new(Required("PLATFORM_GATEWAY_URL"));

    public static Uri Wallet => new(Required("PLATFORM_WALLET_URL"));

    public static Uri Identity => new(Required("PLATFORM_IDENTITY_URL"));

    /// <summary>Where the launcher keeps the development keys that identity signs with.</summary>
    public static string SigningKeys => Path.Combine(Required("PLATFORM_HOME"), "keys");

    public static Uri Payments => new(Required("PLATFORM_MIDTRANS_SIMULATOR_URL"));

    /// <summary>The machine, for the record.</summary>
    public static string Machine =>
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, .NET {Environment.Version}";

    private static string Required(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{variable} is not set: start the benchmark with ./platform bench.");
}
