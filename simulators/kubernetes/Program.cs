using Platform.Simulators.Kubernetes;

WebApplication app;
try
{
    app = SimulatorApp.Build(args);
}
catch (InvalidOperationException problem)
{
    // A wrong setting is the caller's to correct; one line says it better than a stack trace.
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}

await app.RunAsync();
return 0;
