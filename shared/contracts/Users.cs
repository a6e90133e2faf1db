namespace Platform.Contracts;

/// <summary>
/// A user as identity knows them now, whole; a higher version replaces a lower one.
/// The one message that carries personal data: wallet and administrators' lists have to show whose wallet it is.
/// </summary>
/// <param name="CorrelationId">The user's id.</param>
/// <param name="Role">USER or ADMINISTRATOR.</param>
public sealed record UserRevised(
    Guid CorrelationId, long Version, string Name, string Email, string Role, bool IsActive, DateTimeOffset MemberSince);

/// <summary>Somebody registered for themselves; users whom an administrator creates are not announced so.</summary>
public sealed record UserRegistered(Guid UserId, DateTimeOffset RegisteredAt);
