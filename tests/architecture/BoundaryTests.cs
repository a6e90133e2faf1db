using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Platform.Architecture.Tests;

/// <summary>
/// Who may know whom. A service knows shared/ and nothing else; addresses are known to the gateway and the launcher only.
/// </summary>
public sealed partial class BoundaryTests
{
    [Fact]
    public void A_service_references_shared_and_nothing_else() =>
        References("services/").Where(r => !r.To.StartsWith("shared/", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void The_gateway_references_shared_and_nothing_else() =>
        References("gateway/").Where(r => !r.To.StartsWith("shared/", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void What_is_shared_references_only_what_is_shared() =>
        References("shared/").Where(r => !r.To.StartsWith("shared/", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void A_simulator_references_nothing_of_ours_and_nothing_that_runs_in_production_references_it()
    {
        References("simulators/").ShouldBeEmpty();
        References("")
            .Where(r => r.To.StartsWith("simulators/", StringComparison.Ordinal) && !r.From.StartsWith("tests/", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Platform.sln").Replace('\\', '/');
        Repository.Files("*.csproj").Where(project => !solution.Contains(project, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_goes_past_the_outbox() =>
        Repository.Sources.Where(file => file.Path.StartsWith("services/", StringComparison.Ordinal) && BusByHand().IsMatch(file.Text))
            .Select(file => file.Path).ShouldBeEmpty("publish through IPublishEndpoint, which writes to the outbox");

    [Fact]
    public void A_command_has_one_consumer()
    {
        string[] commands =
        [
            "ReserveSeat", "ConfirmSeat", "ReleaseSeat", "HoldFunds", "CaptureHold", "ReleaseHold", "ProvisionInstance", "ResizeInstance",
            "TerminateInstance", "GetInstanceMetrics", "GetWalletBalance", "ReserveCoupon", "ConfirmCoupon", "ReleaseCoupon",
            "GetCouponWorth", "RefundCharge",
        ];
        var consumers = commands.ToDictionary(command => command, command => Repository.Sources
            .Where(file => file.Path.StartsWith("services/", StringComparison.Ordinal)
                && Regex.IsMatch(file.Text, $@"IConsumer<{command}>"))
            .Select(file => file.Part).Distinct().ToList());
        consumers.Where(c => c.Value.Count != 1).Select(c => $"{c.Key}: {string.Join(", ", c.Value)}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_refusal_code_of_a_service_is_given_once() =>
        Repository.Sources.Where(file => file.Path.EndsWith("Refusals.cs", StringComparison.Ordinal))
            .SelectMany(file => RefusalCode().Matches(file.Text).Select(match => (file.Path, Code: match.Groups[1].Value)))
            .GroupBy(refusal => refusal)
            .Where(group => group.Count() > 1).Select(group => $"{group.Key.Path}: {group.Key.Code}")
            .ShouldBeEmpty();

    [Fact]
    public void No_service_starts_a_process() =>
        Repository.Sources
            .Where(file => file.Path.StartsWith("services/", StringComparison.Ordinal)
                || file.Path.StartsWith("gateway/", StringComparison.Ordinal))
            .Where(file => file.Text.Contains("Process.Start", StringComparison.Ordinal)
                || file.Text.Contains("ProcessStartInfo", StringComparison.Ordinal))
            .Select(file => file.Path).ShouldBeEmpty();

    private sealed record Reference(string From, string To);

    private static IEnumerable<Reference> References(string under) =>
        from project in Repository.Files("*.csproj")
        where project.StartsWith(under, StringComparison.Ordinal)
        from reference in XDocument.Parse(Repository.Read(project)).Descendants("ProjectReference")
        let path = reference.Attribute("Include")!.Value.Replace('\\', '/')
        let target = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, path))
        select new Reference(project, Path.GetRelativePath(Repository.Root, target));

    [GeneratedRegex(@"\bIBus(Control)?\b")]
    private static partial Regex BusByHand();

    [GeneratedRegex(@"new\(""([A-Z_]+)"",\s*\d{3}")]
    private static partial Regex RefusalCode();
}
