using Platform.Hosting;

namespace Platform.Catalog;

/// <summary>Every "no" of the catalog. Routes answer them as problems; on the bus a <c>SeatRefused</c> carries the code alone.</summary>
internal static class CatalogRefusals
{
    public static readonly Refusal CategoryNotFound = new("CATEGORY_NOT_FOUND", 404, "There is no such category");
    public static readonly Refusal ServiceNotFound = new("SERVICE_NOT_FOUND", 404, "There is no such service");
    public static readonly Refusal QuotaExceeded = new("QUOTA_EXCEEDED", 409, "All seats of the plan are taken");
    public static readonly Refusal PlanNotAvailable = new("PLAN_NOT_AVAILABLE", 409, "The plan is not on sale");
    public static readonly Refusal UserQuota = new("USER_QUOTA", 422, "The user holds as many seats of the plan as one user may");
    public static readonly Refusal ReservationEnded = new("RESERVATION_ENDED", 409, "The reservation was released or ran out");
}
