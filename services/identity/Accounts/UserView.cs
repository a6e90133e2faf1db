namespace Platform.Identity.Accounts;

/// <summary>UserPublic of api.md §1.6.</summary>
public sealed record UserView(
    Guid Id, string Name, string Email, string? Phone, UserRole Role, string? Avatar, bool IsActive, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static UserView Of(User user) => new(
        user.Id, user.Name, user.Email!, user.PhoneNumber, user.Role, user.Avatar, user.IsActive, user.CreatedAt, user.UpdatedAt);
}

public sealed record UserAnswer(UserView User)
{
    public static UserAnswer Of(User user) => new(UserView.Of(user));
}
