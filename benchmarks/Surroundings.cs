namespace Platform.Benchmarks;

/// <summary>Where the running system is; <c>./platform bench</c> says it in the environment.</summary>
internal static class Surroundings
{
    public static string Postgres => Required("PLATFORM_POSTGRES");

    public static Uri RabbitMq => new(Required("PLATFORM_RABBITMQ"));

    public static Uri Gateway => new(Required("PLATFORM_GATEWAY_URL"));

    public static Uri Payments => new(Required("PLATFORM_MIDTRANS_SIMULATOR_URL"));

    /// <summary>The machine, for the record.</summary>
    public static string Machine =>
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, .NET {Environment.Version}";

    private static string Required(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{variable} is not set: start the benchmark with ./platform bench.");
}
