using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts;

namespace Platform.Wallets.Tests;

/// <summary>The group commit under fire.</summary>
public sealed class AdminParallelTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    private readonly Guid administrator = Guid.CreateVersion7();

    [Fact]
    public async Task Of_a_hundred_deductions_at_once_only_as_many_succeed_as_there_is_money_for()
    {
        var user = await wallet.KnownUserAsync();
        await wallet.AddedAsync(user, 7_500, administrator);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => wallet.DeductAsync(user, 1_000, administrator)));

        answers.CountBy(answer => answer.StatusCode).ToDictionary().ShouldBe(
            new Dictionary<HttpStatusCode, int> { [HttpStatusCode.OK] = 7, [HttpStatusCode.Conflict] = 93 }, ignoreOrder: true);
        (await wallet.BalanceOfAsync(user)).ShouldBe((500, 0));
        var lines = await wallet.InScopeAsync(db =>
            db.Transactions.Where(t => t.UserId == user).OrderBy(t => t.Number).Select(t => new { t.BalanceBefore, t.BalanceAfter })
                .ToListAsync());
        lines.Select(line => line.BalanceBefore).ShouldBe([0, 7_500, 6_500, 5_500, 4_500, 3_500, 2_500, 1_500]);
        lines.Skip(1).ShouldAllBe(line => line.BalanceBefore - line.BalanceAfter == 1_000);
        (await wallet.AuditOfAsync(user)).Count.ShouldBe(8);
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task Adjustments_of_many_wallets_side_by_side_add_up()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => wallet.KnownUserAsync()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 160).Select(i => i % 4 == 3
            ? wallet.DeductAsync(users[i % 8], 1_000, administrator)
            : wallet.AddAsync(users[i % 8], 2_000, administrator)));

        foreach (var (user, index) in users.Select((user, index) => (user, index)))
        {
            var moved = answers.Where((answer, i) => i % 8 == index && answer.StatusCode == HttpStatusCode.OK).Count();
            (await wallet.AuditOfAsync(user)).Count.ShouldBe(moved);
        }

        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task One_that_cannot_be_committed_does_not_spoil_the_others_of_its_group()
    {
        var group = wallet.Services.GetRequiredService<GroupCommit>();
        var users = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => wallet.KnownUserAsync()));
        var twice = Guid.CreateVersion7();

        // Two want one id for different users, one cannot write down what it wants to, and one writes what the store refuses.
        var tasks = users.Select((user, i) => group.PostAsync(
            Posting.Adjustment(i is 10 or 11 ? twice : Guid.CreateVersion7(), user, Money.Idr(1_000), adds: true),
            _ => i switch
            {
                20 => throw new InvalidOperationException("This one spoils it."),
                30 => new(Also: db => db.Users.Add(new() { Id = Guid.CreateVersion7(), Name = "\0", Email = "" })),
                _ => GroupRows.None,
            }, CancellationToken.None)).ToList();
        await Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);

        tasks[20].Exception!.InnerException.ShouldBeOfType<InvalidOperationException>();
        tasks[30].Exception!.InnerException.ShouldBeOfType<DbUpdateException>();
        new[] { tasks[10], tasks[11] }.Select(task => task.Result.Outcome.GetType().Name).Order().ShouldBe(["Posted", "Repeated"]);
        tasks.Where((_, i) => i is not (10 or 11 or 20 or 30)).ShouldAllBe(task => task.Result.Outcome is PostingOutcome.Posted);
        (await wallet.BalanceOfAsync(users[20])).ShouldBe((0, 0));
        (await wallet.BalanceOfAsync(users[30])).ShouldBe((0, 0));
        (await wallet.BalanceOfAsync(users[0])).ShouldBe((1_000, 0));
        await wallet.BooksShouldBalanceAsync();
    }
}
