using System.Text;

namespace Platform.Simulators.Midtrans.Wire;

internal static class RequestBody
{
    private const int Longest = 256 * 1024;

    /// <returns>The text of the body, or null when it is longer than any request of this API.</returns>
    public static async Task<string?> ReadTextAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > Longest)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        var block = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(block, ct)) > 0;)
        {
            buffer.Write(block, 0, read);
            if (buffer.Length > Longest)
            {
                return null;
            }
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>At most three addresses, separated by commas. What is not a web address is left out.</summary>
    public static List<string> NotificationUrls(HttpRequest request, string header) =>
    [
        .. request.Headers[header].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https").Take(3),
    ];

    /// <summary>Where a browser reaches this server.</summary>
    public static string BaseUrl(HttpRequest request, SimulatorOptions options) =>
        options.PublicUrl ?? $"{request.Scheme}://{request.Host}";
}
