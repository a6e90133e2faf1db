using System.Text;
using Npgsql;
using Platform.Tool.Layout;
using Platform.Tool.Processes;
using Platform.Tool.Running;

namespace Platform.Launcher.Tests;

/// <summary>kill -9 of a server, and its return on the same port with the same data.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly string home = Directory.CreateTempSubdirectory("platform-crash-").FullName;
    private PlatformSystem system = null!;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(home, (UnixFileMode)0b111_101_101);
        system = PlatformSystem.Open(new PlatformLayout(home, home), new() { Only = new HashSet<string> { "postgres", "rabbitmq" } });
        await system.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await system.StopAsync(CancellationToken.None);
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task A_killed_PostgreSQL_comes_back_on_its_port_with_what_was_committed()
    {
        await RunAsync("CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)");
        var before = system.Postgres.Identity!.Value;

        await system["postgres"].KillAsync(CancellationToken.None);
        system["postgres"].IsRunning.ShouldBeFalse();
        before.Tree().Where(process => process.IsAlive).ShouldBeEmpty();
        await system["postgres"].RestartAsync(CancellationToken.None);

        system.Postgres.Identity.ShouldNotBe(before);
        (await ScalarAsync("SELECT id FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_killed_broker_comes_back_on_its_port_with_the_same_login()
    {
        var before = system.RabbitMq.Identity!.Value;
        (await File.ReadAllTextAsync($"/proc/{before.Pid}/comm")).Trim().ShouldBe("beam.smp");

        await system["rabbitmq"].KillAsync(CancellationToken.None);
        before.IsAlive.ShouldBeFalse();
        await system["rabbitmq"].RestartAsync(CancellationToken.None);

        using var http = new HttpClient();
        var broker = new Uri(system.RabbitMq.ManagementApi);
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(broker.UserInfo)));
        using var answer = await http.GetAsync($"http://127.0.0.1:{broker.Port}/api/aliveness-test/platform");
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Stopping_leaves_no_process_and_no_epmd()
    {
        var trees = new ManagedProcess[] { system.Postgres, system.RabbitMq, system.RabbitMq.Epmd }
            .SelectMany(process => process.Identity!.Value.Tree()).ToList();
        trees.Count.ShouldBeGreaterThan(3);

        await system.StopAsync(CancellationToken.None);

        trees.Where(process => process.IsAlive).ShouldBeEmpty();
        File.Exists(system.Layout.StateFile).ShouldBeFalse();
    }

    private async Task RunAsync(string statement)
    {
        await using var source = NpgsqlDataSource.Create(system.Postgres.AdministratorConnection + ";Pooling=false");
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<object?> ScalarAsync(string question)
    {
        await using var source = NpgsqlDataSource.Create(system.Postgres.AdministratorConnection + ";Pooling=false");
        await using var command = source.CreateCommand(question);
        return await command.ExecuteScalarAsync();
    }
}
