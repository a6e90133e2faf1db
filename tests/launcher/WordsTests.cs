using System.Diagnostics;

namespace Platform.Launcher.Tests;

/// <summary>What the launcher answers to words it does not know, and to machines that lack something.</summary>
public sealed class WordsTests
{
    [Theory]
    [InlineData("frob")]
    [InlineData("up", "--frob")]
    [InlineData("up", "--only", "wallet,frob")]
    [InlineData("logs")]
    [InlineData("logs", "frob")]
    public async Task Unknown_words_are_answered_with_one_line_and_the_usage(params string[] words)
    {
        await using var repository = new StandInRepository();

        var ended = (await repository.RunAsync(words)).WithoutStackTrace();

        ended.Code.ShouldBe(2, ended.ToString());
        var lines = ended.Errors.TrimEnd().Split('\n');
        lines.Length.ShouldBe(2, ended.ToString());
        lines[0].ShouldStartWith("platform: ");
        lines[1].ShouldStartWith("Usage: ./platform ");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("up", "--help")]
    [InlineData("demo", "--help")]
    [InlineData("test", "--help")]
    public async Task Help_is_everywhere(params string[] words)
    {
        await using var repository = new StandInRepository();

        var ended = await repository.RunAsync(words);

        ended.Code.ShouldBe(0, ended.ToString());
        ended.Output.ShouldContain("./platform");
    }

    [Fact]
    public async Task A_program_that_is_not_built_is_named()
    {
        await using var repository = new StandInRepository();
        repository.Remove("midtrans-simulator");

        var up = (await repository.RunAsync("up", "--no-build", "--only", "midtrans-simulator")).WithoutStackTrace();

        up.Code.ShouldBe(1, up.ToString());
        up.Errors.ShouldContain("midtrans-simulator is not built");
    }

    [Fact]
    public async Task A_kubeconfig_that_does_not_exist_is_named()
    {
        await using var repository = new StandInRepository();
        using var launcher = repository.Start(["up", "--no-build"], ("PLATFORM_KUBECONFIG", "/nowhere/config"));

        var up = (await launcher.EndAsync()).WithoutStackTrace();

        up.Code.ShouldBe(1, up.ToString());
        up.Errors.ShouldContain("/nowhere/config");
    }

    [Fact]
    public async Task Half_a_Midtrans_account_is_not_enough()
    {
        await using var repository = new StandInRepository();
        using var launcher = repository.Start(["up", "--no-build"], ("PLATFORM_MIDTRANS_SERVER_KEY", "SB-Mid-server-x"));

        var up = (await launcher.EndAsync()).WithoutStackTrace();

        up.Code.ShouldBe(1, up.ToString());
        up.Errors.ShouldContain("PLATFORM_MIDTRANS_CLIENT_KEY");
    }

    [Fact]
    public async Task A_log_that_does_not_exist_yet_is_not_an_accident()
    {
        await using var repository = new StandInRepository();

        var logs = (await repository.RunAsync("logs", "wallet")).WithoutStackTrace();

        logs.Code.ShouldBe(1, logs.ToString());
        logs.Errors.ShouldContain("./platform up");
    }

    [Fact]
    public async Task Secrets_that_can_not_be_read_are_not_an_accident()
    {
        await using var repository = new StandInRepository();
        await File.WriteAllTextAsync(repository.Layout.SecretsFile, "{ broken");

        var up = (await repository.RunAsync("up", "--no-build", "--only", "postgres")).WithoutStackTrace();

        up.Code.ShouldBe(1, up.ToString());
        up.Errors.ShouldContain("./platform reset");
        File.Delete(repository.Layout.SecretsFile);
    }

    [Fact]
    public async Task Bench_and_tests_without_anything_to_run_say_so()
    {
        await using var repository = new StandInRepository();

        var bench = (await repository.RunAsync("bench", "latency")).WithoutStackTrace();
        bench.Code.ShouldBe(1, bench.ToString());
        bench.Errors.ShouldContain("./platform up");

        var test = (await repository.RunAsync("test")).WithoutStackTrace();
        test.Code.ShouldBe(1, test.ToString());
        test.Errors.ShouldContain("no test project");
    }

    [Fact]
    public async Task Without_dotnet_the_shim_says_how_to_get_it()
    {
        var shim = Path.Combine(Repository.Built.Root, "platform");
        var tools = Directory.CreateTempSubdirectory("platform-path-").FullName;
        // Everything that a shell script may want, but no dotnet.
        foreach (var tool in new[] { "dirname", "find", "flock", "grep", "mkdir", "mv", "readlink", "touch" })
        {
            File.CreateSymbolicLink(Path.Combine(tools, tool), $"/usr/bin/{tool}");
        }

        var start = new ProcessStartInfo("/bin/sh", [shim, "status"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = tools;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Directory.Delete(tools, recursive: true);

        process.ExitCode.ShouldBe(1, errors);
        errors.TrimEnd().Split('\n').Length.ShouldBe(1, errors);
        errors.ShouldContain("install the .NET 10 SDK");
    }
}
