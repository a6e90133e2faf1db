using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway;

/// <summary>
/// Clients towards the services that never send a change twice. The framework's client repeats a request without a body, up to three
/// times and whatever its method, when a kept-alive connection ends before the answer begins; a service that died in the middle of a
/// cancellation would be told again. A request with a body, be it empty, is not repeated.
/// </summary>
internal sealed class SendOnceClients : ForwarderHttpClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = ConnectTimeout;
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new SendOnceHandler(base.WrapHandler(context, handler));

    private sealed class SendOnceHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head && request.Method != HttpMethod.Options)
                request.Content ??= new ByteArrayContent([]);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                // Nobody took the connection, so nothing was sent: unreachable (502), which may be tried again, and not a timeout (504).
                throw new HttpRequestException(HttpRequestError.ConnectionError, "The service took no connection in time.", e);
            }
        }
    }
}
