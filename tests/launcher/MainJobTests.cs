using System.Text.Json.Nodes;
using Platform.Tool;
using Platform.Tool.Demonstration;
using Platform.Tool.Display;

namespace Platform.Launcher.Tests;

/// <summary>The demonstration against an API that is made of canned answers in the shapes of the wire contract.</summary>
public sealed class MainJobTests : IDisposable
{
    private readonly CannedApi api = CannedApi.OfTheWholeJob();
    private readonly StringWriter said = new();

    public void Dispose()
    {
        api.Dispose();
        said.Dispose();
    }

    [Fact]
    public async Task Every_step_is_done_in_order_with_its_time_and_a_fact()
    {
        using var job = Job();

        await job.RunAsync(CancellationToken.None);

        job.Steps.Select(step => step.Name).ShouldBe(
            ["register", "sign-in", "top-up", "settled", "quote", "subscribe", "running", "captured", "metrics", "upgrade", "cancel"]);
        said.ToString().ShouldContain("IDR 300 000");
        said.ToString().ShouldContain("pod n8n-1 -> n8n-2");
    }

    [Fact]
    public async Task What_moves_money_carries_a_key_and_a_purchase_names_its_quote()
    {
        using var job = Job();

        await job.RunAsync(CancellationToken.None);

        api.Requests.Where(request => request.Method != "GET").ShouldAllBe(request => request.Key != null);
        var purchase = api.Requests.Single(request => request is { Method: "POST", Path: "/api/subscriptions" });
        purchase.Body["quoteId"]!.ToString().ShouldBe("q-create");
        api.Requests.Single(request => request.Method == "PUT").Body["quoteId"]!.ToString().ShouldBe("q-upgrade");
    }

    [Fact]
    public async Task A_step_that_does_not_hold_is_named_with_the_answer_that_was_seen()
    {
        api.Answer("POST", "/api/subscriptions", 402, """{"success":false,"code":"wallet.insufficient_balance"}""");
        using var job = Job();

        var trouble = await Should.ThrowAsync<TroubleException>(() => job.RunAsync(CancellationToken.None));

        trouble.Message.ShouldContain("step subscribe did not hold");
        trouble.Message.ShouldContain("402");
        trouble.Message.ShouldContain("wallet.insufficient_balance");
    }

    [Fact]
    public async Task An_instance_that_failed_is_not_waited_for()
    {
        api.Answer("GET", "/api/subscriptions/s-1", 200,
            """{"data":{"subscription":{"instances":[{"status":"ERROR","healthStatus":"ImagePullBackOff"}]}}}""");
        using var job = Job();

        var trouble = await Should.ThrowAsync<TroubleException>(() => job.RunAsync(CancellationToken.None));

        trouble.Message.ShouldContain("the instance failed");
        trouble.Message.ShouldContain("ImagePullBackOff");
    }

    [Fact]
    public async Task A_missing_member_is_named_with_the_answer()
    {
        api.Answer("POST", "/api/auth/login", 200, """{"data":{"user":{"role":"USER"}}}""");
        using var job = Job();

        var trouble = await Should.ThrowAsync<TroubleException>(() => job.RunAsync(CancellationToken.None));

        trouble.Message.ShouldContain("no usable 'accessToken'");
    }

    [Fact]
    public async Task The_ledger_is_printed_whatever_its_columns_are()
    {
        using var job = Job();
        await job.RunAsync(CancellationToken.None);
        var (transactions, entries) = await job.LedgerAsync(CancellationToken.None);

        LedgerTable.Print(new Progress(said, live: false, TimeProvider.System), transactions, entries);

        said.ToString().ShouldContain("TXMP101");
        said.ToString().ShouldContain("clearing");
        entries.Find("entries.0.debit").ShouldBeAssignableTo<JsonNode>();
    }

    private MainJob Job() => new(api.Address, api.Address, new Progress(said, live: false, TimeProvider.System), TimeProvider.System);
}
