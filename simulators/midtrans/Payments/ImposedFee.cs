using System.Text.Json.Nodes;
using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Payments;

/// <summary>The part of the gateway's fee that the merchant lets the customer bear. It raises what is charged.</summary>
internal static class ImposedFee
{
    public static (long Gross, JsonObject? ExtraInfo) AddTo(long rupiah, PaymentMethod method, JsonObject? wish)
    {
        if (!wish.Flag("enable"))
        {
            return (rupiah, null);
        }

        var config = (wish.Array("payment_fee_configs") ?? []).OfType<JsonObject>()
            .FirstOrDefault(each => each.Text("payment_type") is { } type && EnabledPayments.Resolve([type]).Contains(method.Code));
        if (config.Whole("customer_percentage") is not { } percentage || percentage is not (> 0 and <= 100))
        {
            return (rupiah, null);
        }

        var fee = (long)(((Int128)method.Fee(rupiah) * percentage + 99) / 100);
        return (rupiah + fee, new JsonObject
        {
            ["gross_amount_info"] = new JsonObject
            {
                ["original_amount"] = Rupiah.Format(rupiah),
                ["gross_amount"] = Rupiah.Format(rupiah + fee),
                ["customer_imposed_payment_fee"] = Rupiah.Format(fee),
            },
        });
    }
}
