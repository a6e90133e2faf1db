using Platform.Hosting;

namespace Platform.Wallets;

/// <summary>Why a coupon is of no use just now, and what the user can do about it.</summary>
internal sealed record CouponObjection(Refusal Refusal, string Remedy);

internal static class CouponObjections
{
    public static readonly CouponObjection Unknown =
        new(WalletRefusals.CouponUnknown, "There is no coupon with this couponCode; check its spelling.");
}
