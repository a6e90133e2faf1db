using Platform.Hosting;

namespace Platform.Identity;

internal static class IdentityRefusals
{
    public static readonly Refusal EmailTaken = new("EMAIL_TAKEN", 409, "This e-mail address already has an account");
    public static readonly Refusal PhoneTaken = new("PHONE_TAKEN", 409, "This phone number belongs to another account");
    public static readonly Refusal InvalidCredentials = new("INVALID_CREDENTIALS", 401, "E-mail or password is wrong");
    public static readonly Refusal AccountDisabled = new("ACCOUNT_DISABLED", 403, "This account is disabled");
    public static readonly Refusal Locked = new("LOCKED", 423, "Too many wrong passwords");
    public static readonly Refusal RefreshInvalid = new("REFRESH_INVALID", 401, "The refresh token is not valid any more");
    public static readonly Refusal RefreshReused = new("REFRESH_REUSED", 401, "The refresh token was used before; the session is ended");
    public static readonly Refusal TooBusy = new("TOO_MANY_REQUESTS", 429, "Too many people sign in at this moment");
}
