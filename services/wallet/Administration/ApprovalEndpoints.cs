using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Hosting;

namespace Platform.Wallets;

/// <param name="Reason">Without one, the audit keeps the reason of the request.</param>
public sealed record ApproveRequest([property: AdminText(5, 200)] string? Reason = null);

public sealed record RejectRequest([property: AdminText(5, 200)] string Reason);

internal sealed record ApprovalView(
    Guid Id, Guid UserId, AdjustmentType Type, Money Amount, string Reason, Guid RequestedBy, DateTimeOffset RequestedAt,
    ApprovalStatus Status, string Description, Guid? DecidedBy, DateTimeOffset? DecidedAt, string? DecisionReason)
{
    public static ApprovalView Of(AdjustmentApproval approval) => new(
        approval.Id, approval.UserId, approval.Type, approval.Amount, approval.Reason, approval.RequestedBy, approval.RequestedAt,
        approval.Status, approval.Description, approval.DecidedBy, approval.DecidedAt, approval.DecisionReason);
}

internal sealed record ApprovalAnswer(ApprovalView Approval);

internal sealed record ApprovedAnswer(ApprovalView Approval, AdjustmentAnswer.Moved Transaction);

internal sealed record ApprovalsAnswer(IReadOnlyList<ApprovalView> Approvals, WalletPages Pagination);

/// <summary>PG4 of api.md.</summary>
internal sealed record WalletPages(int CurrentPage, int TotalPages, int TotalCount, bool HasNext, bool HasPrev)
{
    public static WalletPages Of(int page, int limit, int total) =>
        new(page, (total + limit - 1) / limit, total, (long)page * limit < total, page > 1);
}

internal static class ApprovalEndpoints
{
    public static void MapApprovals(this IEndpointRouteBuilder wallets)
    {
        wallets.MapGet("/approvals", List).WithName("ListApprovals");
        wallets.MapPost("/approvals/{id:guid}/approve", Approve).AcceptsIdempotencyKey().WithName("ApproveAdjustment");
        wallets.MapPost("/approvals/{id:guid}/reject", Reject).AcceptsIdempotencyKey().WithName("RejectAdjustment");
    }

    private static async Task<IResult> List(WalletDbContext db, CancellationToken ct,
        [Range(1, 1_000_000)] int page = 1,
        [Range(1, 100)] int limit = 20,
        [AllowedValues(null, "PENDING", "APPROVED", "REJECTED")] string? status = null)
    {
        var all = db.Approvals.AsNoTracking();
        if (status is not null)
            all = InStatus(all, WireEnum.Value<ApprovalStatus>(status));
        var total = await all.CountAsync(ct);
        var shown = await all.OrderByDescending(a => a.RequestedAt).ThenByDescending(a => a.Id)
            .Skip((page - 1) * limit).Take(limit).ToListAsync(ct);
        return Answer.Ok(new ApprovalsAnswer([.. shown.Select(ApprovalView.Of)], WalletPages.Of(page, limit, total)));
    }

    private static IQueryable<AdjustmentApproval> InStatus(IQueryable<AdjustmentApproval> approvals, ApprovalStatus status) =>
        approvals.Where(a => a.Status == status);

    private static async Task<IResult> Approve(Guid id, HttpContext http, CurrentUser by, Adjusting adjusting, CancellationToken ct,
        ApproveRequest? request = null)
    {
        if (await FindAsync(adjusting.Db, id, ct) is not { } approval)
            return NotFound(id);
        if (approval.RequestedBy == by.Id)
            return WalletRefusals.SelfApproval.ToProblem("Ask another administrator to decide about what you have asked for.");
        var repeats = http.EarlierEffect() is not null && (approval.Status, approval.DecidedBy) == (ApprovalStatus.Approved, by.Id);
        if (approval.Status != ApprovalStatus.Pending && !repeats)
            return AlreadyDecided(approval);

        await adjusting.CommitIdAsync(http, id);
        switch (await PostAsync(approval, request?.Reason?.Trim(), by, adjusting, ct))
        {
            case Adjusted.Posted(var line, _):
                return await ApprovedAsync(line, adjusting.Db, ct);
            case Adjusted.Short tooLittle:
                return AdjustmentEndpoints.WouldGoNegative(tooLittle);
            default:
                // Posted before: by an earlier run of this very request, or by somebody who was faster.
                var now = (await FindAsync(adjusting.Db, id, ct))!;
                return http.EarlierEffect() is not null && (now.Status, now.DecidedBy) == (ApprovalStatus.Approved, by.Id)
                    ? await ApprovedAsync(await adjusting.EarlierAsync(now.Adjustment, ct), adjusting.Db, ct)
                    : AlreadyDecided(now);
        }
    }

    private static async Task<Adjusted> PostAsync(AdjustmentApproval approval, string? why, CurrentUser by, Adjusting adjusting,
        CancellationToken ct)
    {
        try
        {
            return await adjusting.Adjustments.PostAsync(approval.Adjustment, by, ct, approval, why);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Rejected while the money was about to move. All of it is rolled back, and the row says who was faster.
            return new Adjusted.Overtaken();
        }
    }

    private static async Task<IResult> Reject(Guid id, RejectRequest request, CurrentUser by, Adjusting adjusting, CancellationToken ct)
    {
        var db = adjusting.Db;
        if (await FindAsync(db, id, ct) is not { } approval)
            return NotFound(id);
        if (approval.Status != ApprovalStatus.Pending)
            return AlreadyDecided(approval);
        var (why, now) = (request.Reason.Trim(), adjusting.Now);
        var rejected = approval.DecideIn(db, ApprovalStatus.Rejected, by.Id, why, now);
        db.Audit.Add(AuditEntry.Of(by, AdjustmentApproval.Rejected, approval.UserId.ToString(), why, now, approval.ForAudit(),
            rejected.ForAudit()));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return AlreadyDecided((await FindAsync(db, id, ct))!);
        }

        return Answer.Ok(new ApprovalAnswer(ApprovalView.Of(rejected)), "The adjustment is rejected; nothing moved.");
    }

    private static Task<AdjustmentApproval?> FindAsync(WalletDbContext db, Guid id, CancellationToken ct) =>
        db.Approvals.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct);

    private static async Task<IResult> ApprovedAsync(WalletTransaction line, WalletDbContext db, CancellationToken ct) =>
        Answer.Ok(new ApprovedAnswer(ApprovalView.Of((await FindAsync(db, line.Id, ct))!), AdjustmentAnswer.Moved.Of(line)));

    private static RefusalResult NotFound(Guid id) =>
        WalletRefusals.ApprovalNotFound.ToProblem($"No request has the id {id}. Look it up in the list of approvals.");

    private static RefusalResult AlreadyDecided(AdjustmentApproval approval) => WalletRefusals.AlreadyDecided.ToProblem(
        $"The request is {WireEnum.Text(approval.Status)} since {approval.DecidedAt:O}. Ask for a new adjustment if one is needed.");
}
