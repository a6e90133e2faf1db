namespace Platform.Testing;

/// <summary>A clock that stands still until a test moves it; its timers fire when they are moved over.</summary>
public sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<MovableTimer> timers = [];
    private DateTimeOffset now = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    /// <summary>Moves the clock and fires what became due.</summary>
    public void Advance(TimeSpan by)
    {
        List<MovableTimer> due;
        lock (gate)
        {
            now += by;
            due = [.. timers.Where(timer => timer.TakeIfDue(now))];
        }

        foreach (var timer in due)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new MovableTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (gate)
            timers.Add(timer);
        return timer;
    }

    private sealed class MovableTimer(TestClock clock, TimerCallback callback, object? state) : ITimer
    {
        private DateTimeOffset? dueAt;
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (clock.gate)
            {
                dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
                period = newPeriod;
            }

            if (dueTime == TimeSpan.Zero)
            {
                lock (clock.gate)
                    TakeIfDue(clock.now);
                Fire();
            }

            return true;
        }

        public bool TakeIfDue(DateTimeOffset instant)
        {
            if (dueAt is not { } due || due > instant)
                return false;
            dueAt = period > TimeSpan.Zero ? instant + period : null;
            return true;
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
