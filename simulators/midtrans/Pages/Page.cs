namespace Platform.Simulators.Midtrans.Pages;

/// <summary>The frame around every page: the banner that no real money moves, and headers that let nothing foreign in.</summary>
internal static class Page
{
    /// <param name="formTarget">A foreign origin that a form of this page may end up at by redirect.</param>
    public static IResult Show(
        HttpContext context, string title, Html content, int status = 200, string? formTarget = null, Html bodyData = default)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; base-uri 'none'; "
            + $"form-action 'self' {formTarget}".TrimEnd();
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        var page = Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title>
            <link rel="stylesheet" href="/snap/page.css">
            <script src="/snap/page.js" defer></script>
            </head>
            <body{bodyData}>
            <p class="banner" role="note">Payment simulator: no real money moves here.</p>
            <main>
            {content}
            </main>
            </body>
            </html>
            """);
        return Results.Text(page.Text, "text/html; charset=utf-8", statusCode: status);
    }

    /// <summary>The origin of a web address, or null for anything else.</summary>
    public static string? Origin(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!.GetLeftPart(UriPartial.Authority)
            : null;

    /// <summary>Adds query values to a web address, keeping what it has.</summary>
    public static string WithQuery(string url, params (string Name, string Value)[] values)
    {
        var fragment = url.IndexOf('#', StringComparison.Ordinal);
        var (head, tail) = fragment < 0 ? (url, "") : (url[..fragment], url[fragment..]);
        var query = string.Join('&', values.Select(each => $"{each.Name}={Uri.EscapeDataString(each.Value)}"));
        return head + (head.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query + tail;
    }
}
