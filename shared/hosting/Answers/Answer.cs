using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using System.Reflection;
using Microsoft.AspNetCore.Builder;

namespace Platform.Hosting;

/// <summary>The envelope of a success, members in this order (api.md §1.1). <c>data</c> is absent when there is nothing to say.</summary>
public sealed record Envelope<T>(
    bool Success,
    int StatusCode,
    string Message,
    DateTimeOffset Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] T? Data);

/// <summary>Success answers in the envelope.</summary>
public static class Answer
{
    public static Answer<T> Ok<T>(T data, string? message = null) => new(StatusCodes.Status200OK, data, message);

    public static Answer<T> Created<T>(T data, string? message = null) => new(StatusCodes.Status201Created, data, message);

    /// <summary>The work goes on; the data say where to look for its end.</summary>
    public static Answer<T> Accepted<T>(T data, string? message = null) => new(StatusCodes.Status202Accepted, data, message);

    public static Answer<object> Done(string? message = null) => new(StatusCodes.Status200OK, null, message);
}

/// <summary>One success answer: status, data and a sentence for people.</summary>
public sealed class Answer<T>(int status, T? data, string? message)
    : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult, IValueHttpResult<T>
{
    public int? StatusCode => status;

    public T? Value => data;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var clock = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        var json = httpContext.RequestServices
            .GetRequiredService<IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>().Value.SerializerOptions;
        httpContext.Response.StatusCode = status;
        var envelope = new Envelope<T>(true, status, message ?? ReasonPhrases.GetReasonPhrase(status), clock.GetUtcNow(), data);
        return httpContext.Response.WriteAsJsonAsync(envelope, json, httpContext.RequestAborted);
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Envelope<T>), ["application/json"]));
}
