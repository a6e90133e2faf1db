using System.Reflection;
using Platform.Hosting;

namespace Platform.Catalog.Tests;

public sealed class RefusalTests
{
    [Fact]
    public void The_codes_are_public_and_change_only_on_purpose()
    {
        var codes = typeof(CatalogRefusals).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (Refusal)field.GetValue(null)!)
            .Select(refusal => $"{refusal.Code} {refusal.Status}");

        codes.Order().ShouldBe([
            "CATEGORY_NOT_FOUND 404", "PLAN_NOT_AVAILABLE 409", "QUOTA_EXCEEDED 409", "RESERVATION_ENDED 409", "SERVICE_NOT_FOUND 404",
            "USER_QUOTA 422",
        ]);
    }
}
