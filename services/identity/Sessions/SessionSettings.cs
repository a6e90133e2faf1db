using System.ComponentModel.DataAnnotations;

namespace Platform.Identity.Sessions;

internal sealed class SessionSettings
{
    public const string Section = "Identity:Sessions";

    /// <summary>How long an access token is believed. It can not be called back elsewhere, so it is short.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")] public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A session ends after this long, however often its refresh token was renewed.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "365.00:00:00")] public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A refresh token that was not used for this long is dead.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "365.00:00:00")] public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long a used refresh token still gives the same successor, for clients whose answer was lost. Zero: a repetition ends the
    /// session at once. Requests that found the token unused when they arrived always get the same successor (docs: see Sessions.cs).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")] public TimeSpan ReuseGrace { get; init; } = TimeSpan.Zero;
}
