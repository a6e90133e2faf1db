using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Contracts;

namespace Platform.Wallets;

/// <summary>Forms send empty text for a date that nobody filled in. A time without an offset is UTC.</summary>
internal sealed class FormInstantJson : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueTextEquals(""))
            return reader.TokenType == JsonTokenType.String ? null : throw new JsonException("An instant is ISO-8601 text.");
        if (reader.TryGetDateTime(out var written) && written.Kind == DateTimeKind.Unspecified)
            return new(written, TimeSpan.Zero);
        return reader.TryGetDateTimeOffset(out var instant)
            ? instant.ToUniversalTime()
            : throw new JsonException("An instant is ISO-8601 text.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are read, not written.");
}

/// <summary>A coupon as an administrator wants it (api.md §4.3). Amounts in whole rupiah.</summary>
public sealed record NewCoupon(
    [property: CouponCode] string Code,
    [property: CouponText(100)] string Name,
    CouponType Type,
    [property: CouponText(500, mayBeBlank: true)] string? Description = null,
    [property: Range(typeof(long), "1000", "10000000")] long? CreditAmount = null,
    CouponDiscountType? DiscountType = null,
    [property: Range(1, 100)] int? DiscountPercent = null,
    [property: Range(1, 1_000_000)] int? MaxUses = null,
    [property: Range(1, 100)] int? MaxUsesPerUser = null,
    Guid? ServiceId = null,
    PlanTier? PlanType = null,
    [property: JsonConverter(typeof(FormInstantJson))] DateTimeOffset? ValidFrom = null,
    [property: JsonConverter(typeof(FormInstantJson))] DateTimeOffset? ValidUntil = null) : IValidatableObject
{
    internal CouponTerms Terms => CouponTerms.Of(
        Type, CreditAmount is { } amount ? Money.Idr(amount) : null, DiscountType, DiscountPercent);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var now = validationContext.GetRequiredService<TimeProvider>().GetUtcNow();
        if (Terms.Gap(ServiceId) is var (field, remedy))
            yield return new(remedy, [field]);
        if (ValidUntil < now)
            yield return new("validUntil is in the past: give a later one, or none.", ["validUntil"]);
        if (ValidUntil <= (ValidFrom ?? now))
            yield return new("validUntil must be later than validFrom.", ["validUntil"]);
    }
}

/// <summary>
/// What is to change; what is absent or null stays, and so does a date that is empty text. The form also sends what the coupon is worth:
/// it can be changed as long as nobody has used the coupon, and may be repeated for ever.
/// </summary>
public sealed record CouponChange(
    [property: CouponText(100)] string? Name = null,
    [property: CouponText(500, mayBeBlank: true)] string? Description = null,
    CouponStatus? Status = null,
    [property: Range(1, 1_000_000)] int? MaxUses = null,
    [property: Range(1, 100)] int? MaxUsesPerUser = null,
    [property: JsonConverter(typeof(FormInstantJson))] DateTimeOffset? ValidFrom = null,
    [property: JsonConverter(typeof(FormInstantJson))] DateTimeOffset? ValidUntil = null,
    CouponType? Type = null,
    [property: Range(typeof(long), "1000", "10000000")] long? CreditAmount = null,
    CouponDiscountType? DiscountType = null,
    [property: Range(1, 100)] int? DiscountPercent = null)
{
    internal CouponTerms TermsFor(Coupon coupon) => CouponTerms.Of(
        Type ?? coupon.Type,
        CreditAmount is { } amount ? Money.Idr(amount) : coupon.CreditAmount,
        DiscountType ?? coupon.DiscountType,
        DiscountPercent ?? coupon.DiscountPercent);
}

public sealed record CouponsStatus(
    [property: MinLength(1), MaxLength(100)] IReadOnlyList<Guid> CouponIds,
    CouponStatus Status) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Status == CouponStatus.UsedUp)
            yield return new("status must be ACTIVE, DISABLED or EXPIRED; USED_UP follows from the uses.", ["status"]);
    }
}
