using Platform.Simulators.Midtrans.Wire;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class SignatureTests
{
    [Theory]
    [InlineData("1111", "200", "100000.00", "askvnoibnosifnboseofinbofinfgbiufglnbfg",
        "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231")]
    [InlineData("ORDER-sandbox-0001", "200", "150000.00", "SB-Mid-server-test",
        "d65b4adf15335095fe1bfafe24964d48009dcc2989393e13570b0c9852ea60df0040b1a9646b9c9ef9433317f77acc8e387c59998dc20f5bd93fff93d23672e4")]
    [InlineData("ORDER-sandbox-0002", "201", "75000.00", "SB-Mid-server-test",
        "db70270f6c27da2b564d4fffd9df3eeae578a7afba22bf5e6071711c7914d7a3d22ccaa533e864cf53742ca73c9e63016b0cbc1f97ee253a77b24b7a410d876a")]
    [InlineData("ORDER-sandbox-0003", "202", "50000.00", "SB-Mid-server-test",
        "a51d1bd2aa8b1dca9228f3827cd641b6dadf52ebb9ed40fb45db6a06dbb33de7cde8e80caa93dfb5e6beeaaf44f698dc7f6f56edd46556eddaa2a774ff7692c6")]
    public void The_signature_is_the_hash_of_order_code_amount_and_key(
        string orderId, string code, string gross, string key, string expected) =>
        Signature.Of(orderId, code, gross, key).ShouldBe(expected);

    [Fact]
    public void A_timestamp_is_written_in_Jakarta_time_without_saying_so() =>
        Wib.Format(new DateTimeOffset(2026, 12, 31, 18, 30, 0, TimeSpan.Zero)).ShouldBe("2027-01-01 01:30:00");

    [Theory]
    [InlineData("2026-01-31 17:00:00 +0700", true)]
    [InlineData("2026-01-31 10:00:00 +0000", true)]
    [InlineData("2026-01-31 17:00:00 +07:00", false)]
    [InlineData("2026-01-31T17:00:00 +0700", false)]
    [InlineData("2026-02-31 17:00:00 +0700", false)]
    [InlineData("2026-01-31 17:00:00", false)]
    [InlineData(null, false)]
    public void A_start_time_has_an_offset_without_a_colon(string? text, bool accepted)
    {
        Wib.TryParse(text, out var at).ShouldBe(accepted);
        if (accepted)
        {
            at.ShouldBe(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero));
        }
    }
}
