using Platform.Tool.Building;
using Platform.Tool.Display;
using Platform.Tool.Layout;
using Platform.Tool.Prerequisites;
using Platform.Tool.Processes;

namespace Platform.Tool.Commands;

/// <summary>What has to be true before anything can be started: a capable machine, the two server packages, a current build.</summary>
internal static class Preparation
{
    public static async Task RunAsync(Session session, Progress progress, bool build, CancellationToken ct)
    {
        var layout = session.Layout;
        layout.Create();
        using (var step = progress.Begin("checked", "this machine"))
        {
            Checkup.Require(layout);
            step.Done();
        }

        await InstallAsync(layout, progress, ct);
        if (build)
        {
            await new SolutionBuild(layout, session.Clock).EnsureAsync(progress, ct);
        }
    }

    private static async Task InstallAsync(PlatformLayout layout, Progress progress, CancellationToken ct)
    {
        var packages = new DistributionPackages();
        if (packages.MissingNames().Count == 0)
        {
            return;
        }

        using var step = progress.Begin("installed", "packages");
        await packages.EnsureAsync(Environment.IsPrivilegedProcess, Run, progress.Note);
        step.Done();

        async Task<int> Run(Command command)
        {
            var log = layout.LogOf("install");
            var code = await command.RunAsync(log, ct);
            if (code != 0)
            {
                foreach (var line in LogTail.Last(log, 20))
                {
                    progress.Note("| " + line);
                }
            }

            return code;
        }
    }
}
