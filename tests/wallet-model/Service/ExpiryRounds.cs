using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Testing;

namespace Platform.Wallets.ModelTests;

/// <summary>The real job that gives back what ran out, whose rounds begin when a test says so and not when a timer does.</summary>
internal sealed class ExpiryRounds(WalletService wallet, TestClock clock) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HandTimer time = new(clock);
    private readonly WatchedScopes scopes = new(wallet.Services.GetRequiredService<IServiceScopeFactory>());
    private ExpireHolds? job;

    public Task StartAsync()
    {
        job = new(scopes, time, NullLogger<ExpireHolds>.Instance);
        return job.StartAsync(CancellationToken.None);
    }

    /// <summary>Lets the job take one round and returns when nothing is left for it to do.</summary>
    /// <returns>False when something is left behind.</returns>
    public async Task<bool> RunAsync()
    {
        var (begun, closed) = (TimeProvider.System.GetTimestamp(), scopes.Closed);
        time.Fire();
        while (TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            // The round has read its list, and nothing on it is left.
            if (scopes.Closed > closed && await OverdueAsync() == 0)
                return true;
            await Task.Yield();
        }

        return false;
    }

    /// <summary>Begins a round without waiting for it.</summary>
    public void Begin() => time.Fire();

    public async ValueTask DisposeAsync()
    {
        if (job is not null)
            await job.StopAsync(CancellationToken.None);
        job?.Dispose();
    }

    public Task<long> OverdueAsync() => wallet.AskAsync<long>(
        "SELECT count(*) FROM wallet.holds WHERE state = 'HELD' AND expires_at <= @p0", clock.GetUtcNow());

    /// <summary>The tests' clock, with a timer that fires by hand.</summary>
    private sealed class HandTimer(TestClock clock) : TimeProvider
    {
        private Action? tick;

        public void Fire() => tick?.Invoke();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            tick = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>The service's scopes; the job opens one to read its list and one for each hold on it, so they tell how far it is.</summary>
    private sealed class WatchedScopes(IServiceScopeFactory real) : IServiceScopeFactory
    {
        private int closed;

        public int Closed => Volatile.Read(ref closed);

        public IServiceScope CreateScope() => new Watched(real.CreateAsyncScope(), () => Interlocked.Increment(ref closed));

        private sealed class Watched(AsyncServiceScope scope, Action closed) : IServiceScope, IAsyncDisposable
        {
            public IServiceProvider ServiceProvider => scope.ServiceProvider;

            public void Dispose()
            {
                scope.Dispose();
                closed();
            }

            public async ValueTask DisposeAsync()
            {
                await scope.DisposeAsync();
                closed();
            }
        }
    }
}
