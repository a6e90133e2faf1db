using System.CommandLine;
using System.CommandLine.Help;
using Platform.Tool.Running;

namespace Platform.Tool.Commands;

/// <summary>The verbs, their options, and how any of them may end: 0 done, 1 trouble, 2 wrong words, 130 interrupted.</summary>
internal static class CommandLine
{
    private const int WrongWords = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        using var session = Session.Begin();
        var root = Root(session);
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            // The parser also complains that the verb is missing when it did not understand it; the last one names the culprit.
            await Console.Error.WriteLineAsync($"platform: {parsed.Errors[^1].Message}");
            await Console.Error.WriteLineAsync(UsageOf(parsed.CommandResult.Command));
            return WrongWords;
        }

        return await Outcome.OfAsync(session, () => parsed.InvokeAsync(new()
        {
            EnableDefaultExceptionHandler = false,
            // The session listens to the signals itself: ending a platform in order takes longer than the parser's two seconds.
            ProcessTerminationTimeout = null,
        }));
    }

    // Not a RootCommand, because that one insists on the assembly's name in its help.
    private static Command Root(Session session) => new("./platform", "Runs the whole platform on this machine.")
    {
        new HelpOption(),
        Up(session),
        Verb("down", "Ends everything that runs.", ct => DownCommand.RunAsync(session, ct), session),
        Status(session),
        Logs(session),
        Verb("doctor", "Checks what this machine needs to run the platform.", _ => Task.FromResult(DoctorCommand.Run(session)), session),
        Reset(session),
        Demo(session),
        Test(session),
        Bench(session),
    };

    private static Command Up(Session session)
    {
        var names = string.Join(", ", Applications.Names);
        var only = new Option<string?>("--only") { Description = $"Only these processes, with commas between: {names}" };
        only.Validators.Add(result =>
        {
            var unknown = UpCommand.Names(result.GetValueOrDefault<string?>())?.Except(Applications.Names).FirstOrDefault();
            if (unknown is not null)
            {
                result.AddError($"There is no process '{unknown}'; there are {names}");
            }
        });
        var fresh = new Option<bool>("--fresh") { Description = "Delete all data first." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line; everything else goes to stderr." };
        var noBuild = new Option<bool>("--no-build") { Description = "Run what is built already." };
        var command = new Command("up", "Starts everything and returns when it is ready.") { only, fresh, json, noBuild };
        command.SetAction((result, _) =>
        {
            var wanted = UpCommand.Names(result.GetValue(only));
            var request = new UpRequest(wanted, result.GetValue(fresh), result.GetValue(json), !result.GetValue(noBuild));
            return UpCommand.RunAsync(session, request, session.Interrupted);
        });
        return command;
    }

    private static Command Status(Session session)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("status", "Shows what runs, where, since when and how large.") { json };
        command.SetAction((result, _) => Task.FromResult(StatusCommand.Run(session, result.GetValue(json))));
        return command;
    }

    private static Command Logs(Session session)
    {
        var process = new Argument<string>("process") { Description = "Whose log." };
        string[] known = [.. Applications.Names, "epmd", "build", .. Applications.DatabaseRoles.Select(service => service + "-migrate")];
        process.Validators.Add(result =>
        {
            if (!known.Contains(result.GetValueOrDefault<string>()))
            {
                result.AddError($"There is no such log; there are {string.Join(", ", known)}");
            }
        });
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is written from now on." };
        var lines = new Option<int>("--lines", "-n") { Description = "How many of the last lines.", DefaultValueFactory = _ => 50 };
        var command = new Command("logs", "Shows the log of a process.") { process, follow, lines };
        command.SetAction((result, _) => LogsCommand.RunAsync(
            session, result.GetRequiredValue(process), result.GetValue(lines), result.GetValue(follow), session.Interrupted));
        return command;
    }

    private static Command Reset(Session session)
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new Command("reset", "Ends everything and deletes all data.") { yes };
        command.SetAction((result, _) => ResetCommand.RunAsync(session, result.GetValue(yes), session.Interrupted));
        return command;
    }

    private static Command Demo(Session session)
    {
        var once = new Option<bool>("--once") { Description = "Stop everything again at the end." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line; everything else goes to stderr." };
        var noBuild = new Option<bool>("--no-build") { Description = "Run what is built already." };
        var command = new Command("demo", "Starts everything if needed and does the main job: top up, subscribe, run, upgrade, cancel.")
        {
            once, json, noBuild,
        };
        command.SetAction((result, _) =>
            DemoCommand.RunAsync(session, result.GetValue(once), result.GetValue(json), !result.GetValue(noBuild), session.Interrupted));
        return command;
    }

    private static Command Test(Session session)
    {
        var filters = new Argument<string[]>("project-filter")
        {
            Description = "Only projects whose name contains one of these.", Arity = ArgumentArity.ZeroOrMore,
        };
        var noBuild = new Option<bool>("--no-build") { Description = "Run what is built already." };
        var command = new Command("test", "Runs all tests with servers of their own.") { filters, noBuild };
        command.SetAction((result, _) =>
            TestCommand.RunAsync(session, result.GetValue(filters) ?? [], !result.GetValue(noBuild), session.Interrupted));
        return command;
    }

    private static Command Bench(Session session)
    {
        var name = new Argument<string>("name") { Description = "Which benchmark." };
        var rest = new Argument<string[]>("arguments") { Description = "Passed on to it.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("bench", "Runs a benchmark against the running platform.") { name, rest };
        command.SetAction((result, _) =>
            BenchCommand.RunAsync(session, [result.GetRequiredValue(name), .. result.GetValue(rest) ?? []], session.Interrupted));
        return command;
    }

    private static Command Verb(string name, string description, Func<CancellationToken, Task<int>> run, Session session)
    {
        var command = new Command(name, description);
        command.SetAction((_, _) => run(session.Interrupted));
        return command;
    }

    private static string UsageOf(Command command) => command switch
    {
        { Subcommands: { Count: > 0 } verbs } =>
            $"Usage: ./platform <{string.Join('|', verbs.Select(verb => verb.Name))}> [options]   (./platform --help)",
        _ => $"Usage: ./platform {command.Name} "
            + string.Concat(command.Arguments.Select(argument =>
                argument.Arity.MinimumNumberOfValues > 0 ? $"<{argument.Name}> " : $"[{argument.Name}…] "))
            + string.Join(' ', command.Options.Where(option => option is not HelpOption).Select(option => $"[{option.Name}]"))
            + $"   (./platform {command.Name} --help)",
    };
}
