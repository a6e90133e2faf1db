namespace Platform.Wallets;

/// <summary>How our background jobs run: again and again, no failure ends them, and a stopping service is not a failure.</summary>
internal static class Rounds
{
    public static async Task<bool> NextTickOrStopAsync(this PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    public static async Task RunAsync(Func<Task> round, Action<Exception> failed, CancellationToken stopping)
    {
        try
        {
            await round();
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Whatever was under way is rolled back and found again by the next start.
        }
        catch (Exception e)
        {
            failed(e);
        }
    }
}
