namespace Platform.Simulators.Midtrans.Notifications;

internal static class RetryTable
{
    private static readonly TimeSpan[] Intervals =
    [
        TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(210),
    ];

    /// <summary>The first retry comes between 33 s and 2 min, so the shift takes off up to 72.5 % of an interval.</summary>
    private const double LeastPart = 33.0 / 120.0;

    public static bool IsDelivered(int? status) => status is >= 200 and < 300;

    /// <summary>How many retries an answer is worth; null stands for no answer (timeout, refused connection).</summary>
    public static int Retries(int? status) => status switch
    {
        >= 200 and < 300 => 0,
        // A redirect of this kind would turn the POST into an empty GET: counted as a failure, not tried again.
        301 or 302 or 303 => 0,
        400 or 404 => 2,
        500 => 1,
        503 => 4,
        _ => 5,
    };

    /// <param name="retriesMade">How many retries there have been before this answer.</param>
    /// <param name="part">At least 0, below 1: where between the shortest and the full interval the retry falls.</param>
    /// <returns>How long to wait before the next attempt, or null when there is none.</returns>
    public static TimeSpan? NextWait(int? status, int retriesMade, double part) =>
        retriesMade < Retries(status) ? Intervals[retriesMade] * (LeastPart + (1 - LeastPart) * part) : null;
}
