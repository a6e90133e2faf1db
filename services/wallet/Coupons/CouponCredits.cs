using System.Security.Cryptography;

namespace Platform.Wallets;

/// <summary>A coupon that was turned into credit: the use, and the line that its owner sees.</summary>
internal sealed record CreditedCoupon(Coupon Coupon, Redemption Redemption, WalletTransaction Line);

/// <summary>
/// Turns coupons into credit, inside the caller's transaction. The use is counted and the redemption written before any money moves, so
/// that of two at once the second finds the first and gets nothing.
/// </summary>
internal sealed class CouponCredits(WalletDbContext db, CouponUses uses, Ledger ledger, TimeProvider clock)
{
    /// <returns>What was credited, or why nothing was; then nothing is written either.</returns>
    public async Task<(CreditedCoupon? Credited, CouponObjection? Objection)> RedeemAsync(Guid user, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await uses.LockAsync(code, ct) is not { } coupon)
            return (null, CouponObjections.Unknown);
        if ((coupon.ObjectionToCredit() ?? coupon.ObjectionTo(await uses.OwnAsync(coupon.Id, user, ct), now)) is { } objection)
            return (null, objection);
        var credited = await CreditAsync([(coupon, Redemption.OfCredit(Guid.CreateVersion7(now), coupon, user, now))], ct);
        return (credited[0], null);
    }

    /// <summary>
    /// Gives a new user every welcome bonus that there is now, oldest first, and none that they have had: however often it is called.
    /// </summary>
    public async Task<IReadOnlyList<CreditedCoupon>> WelcomeAsync(Guid user, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<(Coupon, Redemption)> due = [];
        foreach (var coupon in await uses.LockWelcomingAsync(now, ct))
        {
            if (await uses.OwnAsync(coupon.Id, user, ct) == 0)
                due.Add((coupon, Redemption.OfCredit(BonusOf(coupon.Id, user), coupon, user, now)));
        }

        return due.Count == 0 ? [] : await CreditAsync(due, ct);
    }

    private async Task<List<CreditedCoupon>> CreditAsync(List<(Coupon Coupon, Redemption Redemption)> due, CancellationToken ct)
    {
        foreach (var (coupon, redemption) in due)
        {
            if (!await uses.TakeAsync(coupon.Id, ct))
                throw new InvalidOperationException($"Coupon {coupon.Id} was locked with a use left, and has none.");
            db.Redemptions.Add(redemption);
        }

        await db.SaveChangesAsync(ct);
        var outcomes = await ledger.PostAsync(
            [.. due.Select(d => Posting.Coupon(d.Redemption.Id, d.Redemption.UserId!.Value, d.Redemption.CreditAmount!.Value))], ct);
        var numbers = await db.NextTransactionNumbersAsync(due.Count, ct);
        List<CreditedCoupon> credited = [];
        for (var i = 0; i < due.Count; i++)
        {
            var (coupon, redemption) = due[i];
            if (outcomes[i] is not PostingOutcome.Posted posted)
                throw new InvalidOperationException($"Redemption {redemption.Id} is new, but not credited: {outcomes[i].GetType().Name}.");
            var line = WalletTransaction.OfCoupon(numbers[i], coupon, redemption, posted.Before, posted.After, clock.GetUtcNow());
            db.Transactions.Add(line);
            credited.Add(new(coupon, redemption, line));
        }

        await db.SaveChangesAsync(ct);
        return credited;
    }

    // The same user and coupon always give the same id, so that the store itself refuses a second bonus. RFC 9562, version 8.
    private static Guid BonusOf(Guid coupon, Guid user)
    {
        Span<byte> both = stackalloc byte[32];
        coupon.TryWriteBytes(both, bigEndian: true, out _);
        user.TryWriteBytes(both[16..], bigEndian: true, out _);
        var id = SHA256.HashData(both).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(id, bigEndian: true);
    }
}
