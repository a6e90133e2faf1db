using Platform.Simulators.Midtrans;

await using var app = SimulatorApp.Build(args, TimeProvider.System, Console.Error);
if (app is null)
{
    return 1;
}

await app.RunAsync();
return 0;
