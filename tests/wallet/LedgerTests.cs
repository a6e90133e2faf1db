using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;
using Platform.Testing;

namespace Platform.Wallets.Tests;

public sealed class LedgerTests(WalletHost wallet) : IClassFixture<WalletHost>
{
    [Fact]
    public async Task After_two_thousand_random_operations_side_by_side_the_books_balance()
    {
        const int Seed = 20261122;
        var users = Enumerable.Range(0, 12).Select(_ => Guid.CreateVersion7()).ToArray();
        await Task.WhenAll(users.Select(user => wallet.TopUpAsync(user, 200_000)));
        var holds = new ConcurrentQueue<HoldFunds>();
        var said = 0L;

        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (step, _) =>
        {
            var random = new Random(Seed + step);
            var user = users[random.Next(users.Length)];
            var known = holds.TryDequeue(out var hold);
            if (random.Next(3) == 0)
                await TopUpDirectlyAsync(user, random.Next(10_000, 20_000));
            else if (!known || random.Next(3) == 0)
                await SayHoldAsync(wallet.Wish(user, random.Next(1, 60_000)));
            else if (random.Next(2) == 0)
                await SayAsync(new CaptureHold(hold!.CorrelationId, hold.HoldId, $"period:{hold.HoldId}:1"));
            else
                await SayAsync(new ReleaseHold(hold!.CorrelationId, hold.HoldId, "random"));
            if (known && random.Next(4) == 0)
                holds.Enqueue(hold!);
        });

        await Eventually.IsTrueAsync(async () => await wallet.InScopeAsync(async db =>
            await db.Database.SqlQuery<long>($"SELECT count(*) AS \"Value\" FROM wallet.inbox").SingleAsync()) == said,
            TimeSpan.FromMinutes(2), $"all {said} messages worked off");
        await wallet.BooksShouldBalanceAsync();
        foreach (var user in users)
            await TotalsShouldAgreeAsync(user);

        async Task SayHoldAsync(HoldFunds wish)
        {
            await SayAsync(wish);
            holds.Enqueue(wish);
        }

        Task SayAsync<T>(T message) where T : class
        {
            Interlocked.Increment(ref said);
            return wallet.Bus.SayAsync(message);
        }
    }

    [Theory]
    [InlineData("UPDATE wallet.ledger_entries SET amount = amount + 1")]
    [InlineData("UPDATE wallet.ledger_entries SET amount = amount WHERE false")]
    [InlineData("DELETE FROM wallet.ledger_entries")]
    [InlineData("TRUNCATE wallet.ledger_entries")]
    [InlineData("UPDATE wallet.ledger_transactions SET business_key = business_key || '!'")]
    [InlineData("DELETE FROM wallet.ledger_transactions")]
    [InlineData("TRUNCATE wallet.ledger_transactions")]
    [InlineData("DELETE FROM wallet.accounts")]
    public async Task What_is_written_in_the_ledger_stays(string sql)
    {
        await wallet.TopUpAsync(Guid.CreateVersion7(), 10_000);
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(sql))).ConstraintName
            .ShouldBe("ledger_is_append_only");
    }

    [Theory]
    [InlineData("('gateway', -5), ('revenue', 4)", "ledger_transaction_is_whole")]
    [InlineData("('gateway', -5)", "ledger_transaction_is_whole")]
    [InlineData("('gateway', -5), ('user:nobody', 5)", "ledger_transaction_is_whole")]
    [InlineData("('gateway', 0), ('revenue', 0)", "ledger_entries_amount_not_zero")]
    [InlineData(null, "ledger_transaction_is_whole")]
    public async Task A_transaction_that_is_not_whole_does_not_commit(string? entries, string constraint)
    {
        var id = Guid.CreateVersion7();
        var insert = entries is null ? ""
            : $"INSERT INTO wallet.ledger_entries (transaction_id, account_id, amount) SELECT '{id}', v.* FROM (VALUES {entries}) v;";
        var sql = $"""
            BEGIN;
            INSERT INTO wallet.ledger_transactions VALUES ('{id}', 'TOP_UP', 'test:{id}', '{id}', '{id}', now());
            {insert}
            COMMIT
            """;
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(sql))).ConstraintName.ShouldBe(constraint);
        (await wallet.Database.QueryAsync<long>($"SELECT count(*) FROM wallet.ledger_transactions WHERE id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_committed_transaction_takes_no_further_entries()
    {
        await wallet.TopUpAsync(Guid.CreateVersion7(), 10_000);
        const string Sql = """
            INSERT INTO wallet.ledger_entries (transaction_id, account_id, amount)
            SELECT id, 'revenue', 1 FROM wallet.ledger_transactions LIMIT 1
            """;
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(Sql))).ConstraintName
            .ShouldBe("ledger_transaction_is_whole");
    }

    [Fact]
    public async Task A_business_key_moves_money_once_for_ever_and_the_transaction_around_it_goes_on()
    {
        var (user, order) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var posting =
            new Posting(PostingKind.TopUp, $"topup:{order}", user, order, AccountKind.Clearing, AccountKind.User, Money.Idr(10_000));

        (await PostAsync(posting)).ShouldBeOfType<PostingOutcome.Posted>().After.Available.ShouldBe(Money.Idr(10_000));
        (await PostAsync(posting)).ShouldBeOfType<PostingOutcome.Repeated>();

        (await wallet.BalanceOfAsync(user)).ShouldBe((10_000, 0));
        (await PostAsync(new(PostingKind.Hold, $"hold:{order}", user, order, AccountKind.User, AccountKind.Held, Money.Idr(10_001))))
            .ShouldBe(new PostingOutcome.Short(new(Money.Idr(10_000), Money.Zero, Money.Zero)));
        await wallet.BooksShouldBalanceAsync();
    }

    [Fact]
    public async Task A_balance_below_zero_is_refused_by_the_store_itself()
    {
        var user = Guid.CreateVersion7();
        await wallet.TopUpAsync(user, 10_000);
        (await Should.ThrowAsync<PostgresException>(() => wallet.Database.ExecuteAsync(
            $"UPDATE wallet.accounts SET balance = balance - 10001 WHERE id = 'user:{user}'"))).ConstraintName
            .ShouldBe("accounts_balance_not_negative");
    }

    private async Task TopUpDirectlyAsync(Guid user, long amount)
    {
        // Past the page, whose rules (five pending, same amount) are tested elsewhere.
        var order = Guid.CreateVersion7();
        await PostAsync(new(PostingKind.TopUp, $"topup:{order}", user, order, AccountKind.Clearing, AccountKind.User, Money.Idr(amount)));
    }

    [Fact]
    public async Task What_was_planned_for_a_small_ledger_does_not_read_all_of_it_when_it_has_grown()
    {
        const int Together = 200, Rounds = 40;
        var users = Enumerable.Range(0, Together).Select(_ => Guid.CreateVersion7()).ToArray();
        await wallet.Database.ExecuteAsync("ANALYZE");
        var read = await wallet.InScopeAsync(async db =>
        {
            // One session from beginning to end, which keeps its plans.
            await db.Database.OpenConnectionAsync();
            var ledger = new Ledger(db, TimeProvider.System);
            for (var round = 1; round < Rounds; round++)
            {
                await using var earlier = await db.Database.BeginTransactionAsync();
                await PostAsync(ledger);
                await earlier.CommitAsync();
            }

            await using var last = await db.Database.BeginTransactionAsync();
            var before = await ReadAsync(db);
            await PostAsync(ledger);
            return await ReadAsync(db) - before;
        });

        read.ShouldBeLessThanOrEqualTo(2 * Together, $"rows looked at for {Together} postings, of more than {Together * Rounds}");

        Task PostAsync(Ledger ledger) => ledger.PostAsync([.. users.Select(user =>
            Posting.Adjustment(Guid.CreateVersion7(), user, Money.Idr(1_000), adds: true))], CancellationToken.None);

        // Of this session, as long as its transaction lasts.
        static Task<long> ReadAsync(WalletDbContext db) => db.Database.SqlQuery<long>($"""
            SELECT sum(seq_tup_read + idx_tup_fetch)::bigint AS "Value" FROM pg_stat_xact_user_tables
            WHERE schemaname = 'wallet' AND relname = 'ledger_transactions'
            """).SingleAsync();
    }

    private async Task<PostingOutcome> PostAsync(Posting posting) => await wallet.InScopeAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var outcome = await new Ledger(db, wallet.Clock).PostAsync(posting, CancellationToken.None);
        await transaction.CommitAsync();
        return outcome;
    });

    private async Task TotalsShouldAgreeAsync(Guid user)
    {
        var shown = await wallet.WalletOfAsync(user);
        var topUps = await wallet.Database.QueryAsync<decimal>($"""
            SELECT coalesce(sum(e.amount), 0) FROM wallet.ledger_entries e JOIN wallet.ledger_transactions t ON t.id = e.transaction_id
            WHERE e.account_id = 'user:{user}' AND t.business_key LIKE 'topup:%'
            """);
        var captures = await wallet.Database.QueryAsync<decimal>($"""
            SELECT coalesce(sum(amount), 0) FROM wallet.transactions
            WHERE user_id = '{user}' AND status = 'COMPLETED' AND type = 'SUBSCRIPTION'
            """);
        ((decimal)shown["totalTopUp"]!, (decimal)shown["totalSpent"]!).ShouldBe((topUps, captures));
        ((long)shown["creditBalance"]!).ShouldBe((long)(topUps - captures));
    }
}
