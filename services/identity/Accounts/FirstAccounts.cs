using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Identity.Passwords;
using Platform.Identity.Storage;

namespace Platform.Identity.Accounts;

internal sealed class FirstAccountOptions
{
    public const string Section = "Identity";

    public DemoAccounts Demo { get; init; } = new();

    public BootstrapAccount Bootstrap { get; init; } = new();

    /// <summary>Development only: passwords of demo@example.id and admin@example.id. Both unset: no such accounts.</summary>
    internal sealed class DemoAccounts
    {
        public string? Password { get; init; }

        public string? AdminPassword { get; init; }
    }

    /// <summary>The first administrator of a new installation; without effect as soon as there is any administrator.</summary>
    internal sealed class BootstrapAccount
    {
        public string? Email { get; init; }

        public string? Password { get; init; }
    }
}

internal sealed class FirstAccountOptionsCheck(PasswordRules rules) : IValidateOptions<FirstAccountOptions>
{
    public ValidateOptionsResult Validate(string? name, FirstAccountOptions options) => options.Bootstrap switch
    {
        { Email: null, Password: null } => ValidateOptionsResult.Success,
        { Email: null } or { Password: null } =>
            ValidateOptionsResult.Fail("Identity:Bootstrap:Email and Identity:Bootstrap:Password go together; set both or none."),
        { Email: { } email } when !EmailAddress.IsWellFormed(email.Trim()) =>
            ValidateOptionsResult.Fail("Identity:Bootstrap:Email is not an e-mail address."),
        { Email: var email, Password: var password } => rules.FaultIn(password, email) is { } fault
            ? ValidateOptionsResult.Fail($"Identity:Bootstrap:Password is too weak. {fault}")
            : ValidateOptionsResult.Success,
    };
}

/// <summary>Accounts that a deployment brings along, made as soon as the schema is there. Several replicas may start at once.</summary>
internal sealed partial class FirstAccounts(
    IServiceScopeFactory scopes, IOptions<FirstAccountOptions> options, IHostEnvironment environment, TimeProvider clock,
    ILogger<FirstAccounts> log)
    : BackgroundService
{
    private const string LockName = "identity.first-accounts";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Wanted() is not { Count: > 0 } wanted)
            return;
        while (!await TryAsync(wanted, stoppingToken))
            await Task.Delay(Patience, clock, stoppingToken);
    }

    private List<NewAccount> Wanted()
    {
        var (demo, bootstrap) = (options.Value.Demo, options.Value.Bootstrap);
        var wanted = new List<NewAccount>();
        if (environment.IsDevelopment() && demo.Password is { Length: > 0 } password)
            wanted.Add(new("Demo", "demo@example.id", password, UserRole.User));
        if (environment.IsDevelopment() && demo.AdminPassword is { Length: > 0 } adminPassword)
            wanted.Add(new("Demo Administrator", "admin@example.id", adminPassword, UserRole.Administrator));
        if (bootstrap is { Email: { } email, Password: { } first })
            wanted.Add(new("Administrator", email, first, UserRole.Administrator));
        return wanted;
    }

    private async Task<bool> TryAsync(List<NewAccount> wanted, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<UsersDbContext>();
            if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
                return false;
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext({LockName}))", ct);
            foreach (var account in wanted)
            {
                await EnsureAsync(account, scope.ServiceProvider, ct);
                // Before the next one looks whether there is an administrator.
                await db.SaveChangesAsync(ct);
            }

            await transaction.CommitAsync(ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Without these accounts the service is still of use to everybody else, so it goes on and tries again.
            Failed(log, e);
            return false;
        }
    }

    private async Task EnsureAsync(NewAccount account, IServiceProvider services, CancellationToken ct)
    {
        var db = services.GetRequiredService<UsersDbContext>();
        var hashing = services.GetRequiredService<PasswordHashing>();
        var isDemo = account.Email != options.Value.Bootstrap.Email;
        var known = await db.Users.SingleOrDefaultAsync(u => u.Email == EmailAddress.Normalise(account.Email), ct);
        if (!isDemo && (known is not null || await db.Users.AnyAsync(u => u.Role == UserRole.Administrator, ct)))
            return;

        using var turn = await hashing.TakeTurnAsync(ct);
        if (!turn.IsAcquired)
            throw new TimeoutException("The password hashing is too busy to make the first accounts.");
        if (known is null)
        {
            await services.GetRequiredService<Accounts>().AddAsync(account, ct);
            Made(log, account.Role);
        }
        else if (await hashing.CheckAsync(known.PasswordHash, account.Password) == PasswordCheck.Wrong)
        {
            // The launcher shows the password that it configured; the account must open with that one.
            known.PasswordHash = await hashing.HashAsync(account.Password);
        }
    }

    [LoggerMessage(LogLevel.Information, "Made an account with the role {Role} that this deployment asked for")]
    private static partial void Made(ILogger log, UserRole role);

    [LoggerMessage(LogLevel.Error, "The first accounts could not be made; the next try is in two seconds")]
    private static partial void Failed(ILogger log, Exception fault);
}
