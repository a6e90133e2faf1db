using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Platform.Catalog.Assortment;

/// <summary>
/// Reads a query string and collects every fault under the name of its parameter; binding by the framework would stop at the first one.
/// A parameter that is given twice or that the route does not know is a fault too.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private readonly Dictionary<string, List<string>> faults = [];
    private readonly HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);

    public long? Integer(string name, long min, long max)
    {
        if (!TryTake(name, out var text))
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
            return number;
        Fault(name, $"{name} must be a whole number from {min} to {max}.");
        return null;
    }

    public long Integer(string name, long fallback, long min, long max) => Integer(name, min, max) ?? fallback;

    public bool? Boolean(string name)
    {
        if (!TryTake(name, out var text))
            return null;
        if (text is "true" or "false")
            return text is "true";
        Fault(name, $"{name} must be true or false.");
        return null;
    }

    /// <returns>The text without the blanks around it, or null when it is absent or empty.</returns>
    public string? Text(string name, int maxLength)
    {
        if (!TryTake(name, out var text))
            return null;
        if (text.Length > maxLength)
            Fault(name, $"{name} must have at most {maxLength} characters.");
        if (text.Any(char.IsControl))
            Fault(name, $"{name} must not contain control characters.");
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    public string? SlugOf(string name)
    {
        if (!TryTake(name, out var text) || text.Length == 0)
            return null;
        if (Slug.CanBe(text))
            return text;
        Fault(name, $"{name} must be 2 to {Slug.MaxLength} small letters, digits and hyphens.");
        return null;
    }

    public void Fault(string name, string text)
    {
        if (!faults.TryGetValue(name, out var texts))
            faults[name] = texts = [];
        texts.Add(text);
    }

    /// <summary>Call after everything was read.</summary>
    /// <returns>The answer that lists all faults, or null when there are none.</returns>
    public IResult? Faults()
    {
        foreach (var name in query.Keys.Where(name => !known.Contains(name)))
            Fault(name, $"{name} is not known here; leave it out.");
        return faults.Count == 0 ? null : new InvalidQuery(faults.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray()));
    }

    private bool TryTake(string name, [NotNullWhen(true)] out string? text)
    {
        known.Add(name);
        var values = query[name];
        if (values.Count > 1)
            Fault(name, $"{name} is given {values.Count} times; give it once.");
        text = values.Count == 1 ? values[0] : null;
        return text is not null;
    }

    private sealed class InvalidQuery(Dictionary<string, string[]> errors) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status400BadRequest;
            return httpContext.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
            {
                HttpContext = httpContext,
                ProblemDetails = new HttpValidationProblemDetails(errors) { Status = StatusCodes.Status400BadRequest },
            }).AsTask();
        }
    }
}
