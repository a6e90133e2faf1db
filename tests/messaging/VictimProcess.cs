using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Platform.Testing;

namespace Platform.Messaging.Tests;

/// <summary>One of the services in a process of its own, which is started again whenever it dies.</summary>
public sealed class VictimProcess : IAsyncDisposable
{
    private readonly Stage stage;
    private readonly string[] arguments;
    private readonly string? faults;
    private readonly ConcurrentQueue<string> said = new();
    private Process process;
    private volatile bool ending;
    private int deaths;

    private VictimProcess(Stage stage, string role, string? faults)
    {
        this.stage = stage;
        this.faults = faults;
        Url = $"http://127.0.0.1:{FreePort()}";
        arguments = [.. stage.Arguments(role)[..^2], "--urls", Url, "--LogLevel", "Error"];
        process = Start();
    }

    public string Url { get; }

    public int Deaths => deaths;

    /// <summary>The last lines that the process wrote, for a test that fails.</summary>
    public string Said => string.Join(Environment.NewLine, said.TakeLast(30));

    /// <param name="faults">Directory in which places to die at are armed.</param>
    public static async Task<VictimProcess> StartAsync(Stage stage, string role, string? faults = null)
    {
        var victim = new VictimProcess(stage, role, faults);
        await victim.AliveAsync();
        return victim;
    }

    public async Task AliveAsync()
    {
        await Eventually.IsTrueAsync(async () =>
        {
            try
            {
                return (await stage.Http.GetAsync($"{Url}/alive")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30));
    }

    /// <summary>kill -9</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        ending = true;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Platform.Messaging.Victim"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["PLATFORM_FAULTS"] = faults;
        var started = new Process { StartInfo = start, EnableRaisingEvents = true };
        started.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        started.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        started.Exited += (_, _) =>
        {
            Interlocked.Increment(ref deaths);
            if (!ending)
                process = Start();
        };
        started.Start();
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
