using Platform.Tool.Commands;

if (!OperatingSystem.IsLinux())
{
    await Console.Error.WriteLineAsync("platform: this launcher runs on Linux (or in WSL); elsewhere use: docker compose up");
    return 1;
}

return await CommandLine.RunAsync(args);
