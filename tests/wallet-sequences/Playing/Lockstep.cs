namespace Platform.WalletSequences.Playing;

/// <summary>Lets many plays take each step together: nobody begins the next before all have ended the last.</summary>
/// <param name="between">Happens while nobody does anything.</param>
internal sealed class Lockstep(int players, Func<Task> between)
{
    private readonly Lock gate = new();
    private int present = players;
    private int waiting;
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Rounds { get; private set; }

    public Task ArriveAsync()
    {
        lock (gate)
        {
            waiting++;
            var mine = next.Task;
            GoOnIfAllAreHere();
            return mine;
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            present--;
            GoOnIfAllAreHere();
        }
    }

    private void GoOnIfAllAreHere()
    {
        if (waiting == 0 || waiting < present)
            return;
        var open = next;
        (waiting, next) = (0, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Rounds++;
        _ = OpenAsync(open);
    }

    private async Task OpenAsync(TaskCompletionSource open)
    {
        try
        {
            await between();
            open.SetResult();
        }
        catch (Exception e)
        {
            open.SetException(e);
        }
    }
}
