using System.Buffers.Binary;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="Amount">Whole rupiah, as in a single adjustment.</param>
public sealed record BulkRow(Guid UserId, AdjustmentType Type, long Amount, bool AllowNegative = false);

public sealed record BulkAdjustmentRequest(
    [property: Length(1, 100)] IReadOnlyList<BulkRow> Adjustments, [property: AdminText(5, 200)] string Reason,
    [property: AdminText(0, 500)] string? Description = null);

/// <param name="Error">The code of a refusal; NEEDS_APPROVAL when a second administrator has to approve this row.</param>
internal sealed record BulkResult(
    Guid UserId, bool Success,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? TransactionId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CustomId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ApprovalId = null);

internal sealed record BulkSummary(int Total, int Successful, int Failed);

internal sealed record BulkAnswer(IReadOnlyList<BulkResult> Results, BulkSummary Summary);

internal sealed record BulkFault(Guid UserId, string? UserEmail, string Error);

/// <summary>Many adjustments for one reason; each is posted for itself, so that one which is refused does not hold up the others.</summary>
internal static class BulkAdjustment
{
    private const string NeedsApproval = "NEEDS_APPROVAL";

    public static void MapBulkAdjustment(this IEndpointRouteBuilder wallets) =>
        wallets.MapPost("/bulk-adjustment", Adjust).AcceptsIdempotencyKey().WithName("AdjustManyWallets");

    private static async Task<IResult> Adjust(BulkAdjustmentRequest request, HttpContext http, CurrentUser by, Adjusting adjusting,
        CancellationToken ct)
    {
        var rows = request.Adjustments;
        if (rows.Any(row => row is null))
            return WalletRefusals.BulkInvalid.ToProblem("The field adjustments has an element that is null; leave it out.");
        var emails = await EmailsAsync(rows, adjusting.Db, ct);
        if (Faults(rows, emails) is { Count: > 0 } faults)
            return WalletRefusals.BulkInvalid.ToProblem(
                $"{faults.Count} rows cannot be taken; nothing was adjusted. Correct them and send all again.",
                new { validationErrors = faults });
        if (rows.Select(row => row.UserId).Where(user => !emails.ContainsKey(user)).ToList() is { Count: > 0 } unknown)
            return WalletRefusals.UserNotFound.ToProblem(
                $"{unknown.Count} of the users are not known; nothing was adjusted. Leave them out and send the others again.",
                new { userIds = unknown });

        var id = adjusting.IdOf(http);
        List<Adjustment> wishes = [.. rows.Select(row =>
            Adjustment.Of(IdFor(id, row.UserId), row.UserId, row.Type, row.Amount, request.Reason, request.Description))];
        var waiting = await SetAsideAsync(wishes, http, by, adjusting, ct);
        await adjusting.CommitIdAsync(http, id);

        // What has begun is finished, even if the caller leaves: half a list would be hard to account for.
        var results = await Task.WhenAll(wishes.Select(wish => waiting.Contains(wish.Id)
            ? Task.FromResult<(Adjustment, Adjusted?)>((wish, null))
            : PostAsync(wish, by, adjusting)));
        return Answer.Ok(await AnswerAsync(results, adjusting.Db, ct));
    }

    private static async Task<(Adjustment, Adjusted?)> PostAsync(Adjustment wish, CurrentUser by, Adjusting adjusting) =>
        (wish, await adjusting.Adjustments.PostAsync(wish, by, CancellationToken.None));

    private static Task<Dictionary<Guid, string>> EmailsAsync(IReadOnlyList<BulkRow> rows, WalletDbContext db, CancellationToken ct)
    {
        List<Guid> users = [.. rows.Select(row => row.UserId).Distinct()];
        return db.Users.Where(u => users.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.Email, ct);
    }

    private static List<BulkFault> Faults(IReadOnlyList<BulkRow> rows, Dictionary<Guid, string> emails)
    {
        var twice = rows.GroupBy(row => row.UserId).Where(its => its.Count() > 1)
            .Select(its => new BulkFault(its.Key, emails.GetValueOrDefault(its.Key), "userId is given more than once; give it once."));
        var amounts = rows.Where(row => row.Amount is < AddCreditRequest.Least or > AddCreditRequest.Most)
            .Select(row => new BulkFault(row.UserId, emails.GetValueOrDefault(row.UserId),
                $"amount must be between {AddCreditRequest.Least} and {AddCreditRequest.Most}."));
        return [.. twice, .. amounts];
    }

    /// <summary>Stores the rows that a second administrator has to approve; committed with the id, so a repetition finds them.</summary>
    private static async Task<HashSet<Guid>> SetAsideAsync(List<Adjustment> wishes, HttpContext http, CurrentUser by, Adjusting adjusting,
        CancellationToken ct)
    {
        if (http.EarlierEffect() is not null)
        {
            List<Guid> ids = [.. wishes.Select(wish => wish.Id)];
            return [.. await adjusting.Db.Approvals.Where(a => ids.Contains(a.Id)).Select(a => a.Id).ToListAsync(ct)];
        }

        HashSet<Guid> waiting = [.. wishes.Where(wish => adjusting.NeedsSecondAdministrator(wish.Amount))
            .Select(wish => AdjustmentApproval.RequestIn(adjusting.Db, wish, by, adjusting.Now).Id)];
        await adjusting.Db.SaveChangesAsync(ct);
        return waiting;
    }

    private static async Task<BulkAnswer> AnswerAsync(IReadOnlyList<(Adjustment Wish, Adjusted? Its)> results, WalletDbContext db,
        CancellationToken ct)
    {
        List<Guid> earlier = [.. results.Where(r => r.Its is Adjusted.Earlier).Select(r => r.Wish.Id)];
        var lines = earlier.Count == 0
            ? []
            : await db.Transactions.AsNoTracking().Where(t => earlier.Contains(t.Id)).ToDictionaryAsync(t => t.Id, ct);
        List<BulkResult> views = [.. results.Select(result => result.Its switch
        {
            Adjusted.Posted(var line, _) => Done(line),
            Adjusted.Earlier => Done(lines[result.Wish.Id]),
            Adjusted.Short => new BulkResult(result.Wish.UserId, false, Error: WalletRefusals.WouldGoNegative.Code),
            _ => new BulkResult(result.Wish.UserId, false, Error: NeedsApproval, ApprovalId: result.Wish.Id),
        })];
        var successful = views.Count(view => view.Success);
        return new(views, new(views.Count, successful, views.Count - successful));
    }

    private static BulkResult Done(WalletTransaction line) => new(line.UserId, true, line.Id, line.CustomId);

    /// <summary>
    /// The id of one row: always the same for the same request and user, and as old as the request's, whose time it begins with.
    /// </summary>
    private static Guid IdFor(Guid request, Guid user)
    {
        const int TimeBytes = 6;
        Span<byte> both = stackalloc byte[32];
        request.TryWriteBytes(both, bigEndian: true, out _);
        user.TryWriteBytes(both[16..], bigEndian: true, out _);
        Span<byte> id = stackalloc byte[32];
        SHA256.HashData(both, id);
        both[..TimeBytes].CopyTo(id);
        // Version 7 and the variant of RFC 9562.
        BinaryPrimitives.WriteUInt16BigEndian(id[6..], (ushort)(0x7000 | (BinaryPrimitives.ReadUInt16BigEndian(id[6..]) & 0x0FFF)));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new(id[..16], bigEndian: true);
    }
}
