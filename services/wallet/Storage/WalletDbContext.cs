using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Platform.Contracts;
using Platform.Hosting;
using Platform.Messaging;

namespace Platform.Wallets;

/// <summary>The schema <c>wallet</c>. Balances and the ledger are written by <see cref="Ledger"/> alone.</summary>
public sealed class WalletDbContext(DbContextOptions<WalletDbContext> options) : DbContext(options)
{
    internal const string Schema = "wallet";
    private const string TransactionNumbers = "transaction_id_seq";

    internal DbSet<Account> Accounts => Set<Account>();
    internal DbSet<LedgerTransaction> LedgerTransactions => Set<LedgerTransaction>();
    internal DbSet<LedgerEntry> LedgerEntries => Set<LedgerEntry>();
    internal DbSet<Hold> Holds => Set<Hold>();
    internal DbSet<WalletTransaction> Transactions => Set<WalletTransaction>();
    internal DbSet<TopUp> TopUps => Set<TopUp>();
    internal DbSet<TopUpReversal> TopUpReversals => Set<TopUpReversal>();
    internal DbSet<GatewayEvent> GatewayEvents => Set<GatewayEvent>();
    internal DbSet<KnownUser> Users => Set<KnownUser>();
    internal DbSet<AuditEntry> Audit => Set<AuditEntry>();

    /// <summary>The row of a hold, locked until the transaction ends; null when nothing is known of it.</summary>
    internal Task<Hold?> LockHoldAsync(Guid id, CancellationToken ct) =>
        Holds.FromSql($"SELECT * FROM wallet.holds WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct);

    /// <summary>The next number for people. Numbers rise; one that was drawn in vain leaves a gap and does not come back.</summary>
    internal Task<long> NextTransactionNumberAsync(CancellationToken ct) =>
        Database.SqlQuery<long>($"SELECT nextval('wallet.transaction_id_seq') AS \"Value\"").SingleAsync(ct);

    internal Task<List<long>> NextTransactionNumbersAsync(int count, CancellationToken ct) =>
        Database.SqlQuery<long>($"""SELECT nextval('wallet.transaction_id_seq') AS "Value" FROM generate_series(1, {count})""")
            .ToListAsync(ct);

    /// <summary>What a user owns now; nothing for a user whose accounts were never needed.</summary>
    internal async Task<Balances> BalancesOfAsync(Guid user, CancellationToken ct) =>
        Balances.Of(await Accounts.AsNoTracking().Where(a => a.Owner == user).ToListAsync(ct));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Money>().HaveConversion<MoneyColumn>();
        configurationBuilder.Properties<AccountKind>().HaveConversion<WireEnumColumn<AccountKind>>();
        configurationBuilder.Properties<PostingKind>().HaveConversion<WireEnumColumn<PostingKind>>();
        configurationBuilder.Properties<HoldState>().HaveConversion<WireEnumColumn<HoldState>>();
        configurationBuilder.Properties<TransactionType>().HaveConversion<WireEnumColumn<TransactionType>>();
        configurationBuilder.Properties<TransactionStatus>().HaveConversion<WireEnumColumn<TransactionStatus>>();
        configurationBuilder.Properties<PaymentMethod>().HaveConversion<WireEnumColumn<PaymentMethod>>();
        configurationBuilder.Properties<TopUpStage>().HaveConversion<WireEnumColumn<TopUpStage>>();
        configurationBuilder.Properties<TopUpMethod>().HaveConversion<WireEnumColumn<TopUpMethod>>();
        configurationBuilder.Properties<ReversalKind>().HaveConversion<WireEnumColumn<ReversalKind>>();
        configurationBuilder.Properties<GatewayEventSource>().HaveConversion<WireEnumColumn<GatewayEventSource>>();
        configurationBuilder.Properties<GatewayEventState>().HaveConversion<WireEnumColumn<GatewayEventState>>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.AddMessaging();
        modelBuilder.AddIdempotencyKeys();
        modelBuilder.AddAudit();
        modelBuilder.HasSequence<long>(TransactionNumbers).StartsAt(101);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(WalletDbContext).Assembly);
    }
}

/// <summary>For <c>dotnet ef</c> only: it needs a model, not a server.</summary>
internal sealed class WalletDesignTime : IDesignTimeDbContextFactory<WalletDbContext>
{
    public WalletDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<WalletDbContext>()
        .UseNpgsql("Host=localhost", npgsql => npgsql.MigrationsHistoryTable("migrations", WalletDbContext.Schema)).Options);
}
