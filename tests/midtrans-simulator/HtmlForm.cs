using System.Net;
using System.Text.RegularExpressions;

namespace Platform.Simulators.Midtrans.Tests;

/// <summary>A form of a page as a browser would send it.</summary>
internal sealed partial record HtmlForm(string Action, IReadOnlyDictionary<string, string> Fields, string Button)
{
    public static IReadOnlyList<HtmlForm> AllOf(string html) =>
    [
        .. Form().Matches(html).Select(form => new HtmlForm(
            WebUtility.HtmlDecode(form.Groups["action"].Value),
            Input().Matches(form.Groups["content"].Value).ToDictionary(
                input => input.Groups["name"].Value, input => WebUtility.HtmlDecode(input.Groups["value"].Value)),
            ButtonText().Match(form.Groups["content"].Value).Groups["text"].Value)),
    ];

    public async Task<HttpResponseMessage> SubmitAsync(HttpClient http)
    {
        using var content = new FormUrlEncodedContent(Fields);
        return await http.PostAsync(Action, content);
    }

    [GeneratedRegex("""<form[^>]*action="(?<action>[^"]*)"[^>]*>(?<content>.*?)</form>""", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""<input[^>]*name="(?<name>[^"]*)"[^>]*value="(?<value>[^"]*)"[^>]*>""")]
    private static partial Regex Input();

    [GeneratedRegex("""<button[^>]*>(?<text>[^<]*)</button>""")]
    private static partial Regex ButtonText();
}
