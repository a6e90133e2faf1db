using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Platform.Simulators.Midtrans.State;

namespace Platform.Simulators.Midtrans.Notifications;

/// <summary>Posts notifications and writes down what came of it.</summary>
internal sealed partial class Dispatcher(
    Gateway gateway, StateFile file, Chance chance, SimulatorOptions options, TimeProvider clock,
    IHostApplicationLifetime lifetime, ILogger<Dispatcher> log) : IDisposable
{
    /// <summary>How long the gateway waits for the merchant's answer. Not scaled: it is the receiver's limit too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private const int MostHops = 5;

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> running = new();

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Starts one attempt. Called inside the gateway's lock; the attempt itself runs outside.</summary>
    public void Start(Delivery delivery, string body)
    {
        delivery.InFlight = true;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[delivery.Id] = over;
        _ = Task.Run(async () =>
        {
            try
            {
                await AttemptAsync(delivery.Id, delivery.Url, body, lifetime.ApplicationStopping);
            }
            finally
            {
                running.TryRemove(delivery.Id, out _);
                over.SetResult();
            }
        });
    }

    /// <summary>Returns when no attempt is under way; the stopping of the application cuts them short.</summary>
    public Task DrainAsync() => Task.WhenAll(running.Values.Select(each => each.Task));

    public void Dispose() => http.Dispose();

    private async Task AttemptAsync(Guid deliveryId, string url, string body, CancellationToken stop)
    {
        try
        {
            // The merchant asks back at once: what it is told must outlive a crash of the simulator.
            await file.SaveAsync(stop);
            var startedAt = clock.GetUtcNow();
            var stopwatch = Stopwatch.StartNew();
            var (status, error) = await PostAsync(url, body, stop);
            gateway.Note(state => Record(state, deliveryId, startedAt, status, error, stopwatch.ElapsedMilliseconds));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The simulator is going down; with a state file the attempt is made again after the next start.
        }
        catch (Exception fault)
        {
            AttemptBroke(log, fault, deliveryId);
            throw;
        }
    }

    private async Task<(int? Status, string? Error)> PostAsync(string url, string body, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            var target = new Uri(url);
            for (var hop = 0; ; hop++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, target)
                {
                    Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
                };
                request.Headers.UserAgent.ParseAdd("Veritrans");
                request.Headers.Accept.ParseAdd("application/json");
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                var status = (int)response.StatusCode;
                if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
                    || response.Headers.Location is not { } location)
                {
                    return (status, null);
                }

                if (hop == MostHops)
                {
                    return (status, string.Create(CultureInfo.InvariantCulture, $"more than {MostHops} redirects"));
                }

                target = new Uri(target, location);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return (null, "no answer within 15 s");
        }
        catch (HttpRequestException failure)
        {
            return (null, failure.HttpRequestError.ToString());
        }
    }

    private bool Record(GatewayState state, Guid deliveryId, DateTimeOffset startedAt, int? status, string? error, long tookMs)
    {
        if (!state.Deliveries.TryGetValue(deliveryId, out var delivery))
        {
            return false;   // A reset forgot it while it was under way.
        }

        var now = gateway.Now();
        // A copy can still be under way when a retry table has already ended; each delivery counts its own attempts.
        var wait = RetryTable.NextWait(status, delivery.Attempts.Count, chance.Part());
        var retryAt = wait is { } pause ? now + options.Scaled(pause) : (DateTimeOffset?)null;
        delivery.Attempts.Add(new Attempt(delivery.Attempts.Count + 1, startedAt, status, error, tookMs, retryAt));
        delivery.InFlight = false;
        delivery.DueAt = retryAt;
        delivery.State = retryAt is not null ? DeliveryState.Waiting
            : RetryTable.IsDelivered(status) ? DeliveryState.Delivered : DeliveryState.GivenUp;
        if (retryAt is { } at)
        {
            gateway.Agenda.Add(at, new DueWork.Deliver(deliveryId));
        }

        foreach (var follower in Followers(state, delivery))
        {
            if (follower.DueAt is { } due)
            {
                gateway.Agenda.Add(due > now ? due : now, new DueWork.Deliver(follower.Id));
            }
        }

        return true;
    }

    /// <summary>Only deliveries of the same order wait for one another.</summary>
    private static IEnumerable<Delivery> Followers(GatewayState state, Delivery first)
    {
        var orderId = state.NotificationsById[first.NotificationId].OrderId;
        IEnumerable<Guid> notifications = state.Orders.GetValueOrDefault(orderId)?.Notifications ?? [first.NotificationId];
        return notifications.SelectMany(id => state.NotificationsById[id].Deliveries)
            .Where(delivery => delivery.After == first.Id && delivery.Attempts.Count == 0);
    }

    [LoggerMessage(LogLevel.Critical, "Delivery {DeliveryId} ended in a way that the simulator did not expect")]
    private static partial void AttemptBroke(ILogger log, Exception fault, Guid deliveryId);
}
