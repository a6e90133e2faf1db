using System.Text;
using Platform.Simulators.Midtrans.Qr;

namespace Platform.Simulators.Midtrans.Tests;

public sealed class QrTests
{
    [Fact]
    public void The_checksum_is_the_one_of_the_QRIS_standard() => QrisText.Crc("123456789").ShouldBe(0x29B1);

    [Fact]
    public void A_QRIS_text_ends_in_the_checksum_of_all_before_it()
    {
        var text = QrisText.For("01a2039c-1622-7898-966f-12fc1d377352", 150_000);

        text.ShouldStartWith("000201010212");
        text.ShouldContain("5406150000");
        text[^8..^4].ShouldBe("6304");
        int.Parse(text[^4..], System.Globalization.NumberStyles.HexNumber, null).ShouldBe(QrisText.Crc(text[..^4]));
        text.Length.ShouldBeLessThanOrEqualTo(QrSymbol.MostBytes);
    }

    /// <summary>Every block and its correction words together are a multiple of the generator, so the remainder of both is zero.</summary>
    [Fact]
    public void Correction_words_cancel_their_block()
    {
        var block = Encoding.ASCII.GetBytes("no real money moves");
        byte[] whole = [.. block, .. ReedSolomon.Remainder(block, 18)];

        ReedSolomon.Remainder(whole, 18).ShouldAllBe(word => word == 0);
    }

    [Fact]
    public void A_symbol_carries_its_text_where_the_standard_puts_it()
    {
        var modules = QrSymbol.Encode("NO REAL MONEY"u8);

        modules.GetLength(0).ShouldBe(57);
        // Level L with mask 0 is 111011111000100 in the standard's table, read along column 8 and row 8.
        var format = string.Concat(new[] { (8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), (5, 8), (4, 8),
            (3, 8), (2, 8), (1, 8), (0, 8) }.Select(at => modules[at.Item1, at.Item2] ? '1' : '0'));
        format.ShouldBe("111011111000100");
        // Version 10 is 001010010011010011 in the standard's table.
        var version = string.Concat(Enumerable.Range(0, 18).Reverse().Select(bit => modules[46 + bit % 3, bit / 3] ? '1' : '0'));
        version.ShouldBe("001010010011010011");
        // The first four bits say "bytes": 0100, in the lower right corner under the mask of every second module.
        new[] { (56, 56), (56, 55), (55, 56), (55, 55) }
            .Select(at => modules[at.Item1, at.Item2] ^ ((at.Item1 + at.Item2) % 2 == 0)).ShouldBe([false, true, false, false]);
    }
}
