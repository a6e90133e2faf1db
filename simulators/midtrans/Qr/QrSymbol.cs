namespace Platform.Simulators.Midtrans.Qr;

/// <summary>
/// A QR code of version 10, error correction level L, mask 0 (ISO/IEC 18004): 57 modules a side, up to 271 bytes.
/// One fixed version is enough, because a QRIS text is always about two hundred characters long.
/// </summary>
internal static class QrSymbol
{
    public const int MostBytes = 271;

    private const int Version = 10;
    private const int Side = 17 + 4 * Version;
    private const int CorrectionWords = 18;
    private static readonly int[] BlockLengths = [68, 68, 69, 69];
    private static readonly int[] AlignmentCentres = [6, 28, 50];

    /// <returns>True where a module is dark, by row and column.</returns>
    public static bool[,] Encode(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MostBytes);
        var modules = new bool[Side, Side];
        var reserved = new bool[Side, Side];
        DrawFunctionPatterns(modules, reserved);
        DrawWords(modules, reserved, Interleave(DataWords(bytes)));
        return modules;
    }

    private static byte[] DataWords(ReadOnlySpan<byte> bytes)
    {
        var words = new byte[BlockLengths.Sum()];
        var bit = 0;
        void Write(int value, int count)
        {
            for (var i = count - 1; i >= 0; i--, bit++)
            {
                words[bit / 8] |= (byte)(((value >> i) & 1) << (7 - bit % 8));
            }
        }

        Write(0b0100, 4);
        Write(bytes.Length, 16);
        foreach (var each in bytes)
        {
            Write(each, 8);
        }

        // The terminator is four zero bits, which are there already; the rest is filled with two alternating words.
        var filler = 0xEC;
        for (var at = Math.Min(words.Length, (bit + 4 + 7) / 8); at < words.Length; at++, filler ^= 0xEC ^ 0x11)
        {
            words[at] = (byte)filler;
        }

        return words;
    }

    private static List<byte> Interleave(byte[] words)
    {
        var blocks = new List<byte[]>();
        var start = 0;
        foreach (var length in BlockLengths)
        {
            blocks.Add(words[start..(start + length)]);
            start += length;
        }

        var corrections = blocks.ConvertAll(block => ReedSolomon.Remainder(block, CorrectionWords));
        var result = new List<byte>();
        for (var at = 0; at < BlockLengths.Max(); at++)
        {
            result.AddRange(blocks.Where(block => at < block.Length).Select(block => block[at]));
        }

        for (var at = 0; at < CorrectionWords; at++)
        {
            result.AddRange(corrections.Select(correction => correction[at]));
        }

        return result;
    }

    private static void DrawFunctionPatterns(bool[,] modules, bool[,] reserved)
    {
        void Set(int row, int column, bool dark) => (modules[row, column], reserved[row, column]) = (dark, true);

        for (var at = 0; at < Side; at++)
        {
            Set(6, at, at % 2 == 0);
            Set(at, 6, at % 2 == 0);
        }

        foreach (var (top, left) in new[] { (0, 0), (0, Side - 7), (Side - 7, 0) })
        {
            for (var row = Math.Max(0, top - 1); row <= Math.Min(Side - 1, top + 7); row++)
            {
                for (var column = Math.Max(0, left - 1); column <= Math.Min(Side - 1, left + 7); column++)
                {
                    var ring = Math.Max(Math.Abs(row - top - 3), Math.Abs(column - left - 3));
                    Set(row, column, ring is not 2 and not 4);
                }
            }
        }

        foreach (var (row, column) in AlignmentCentres.SelectMany(row => AlignmentCentres.Select(column => (row, column))))
        {
            if ((row, column) is (6, 6) or (6, 50) or (50, 6))
            {
                continue;   // A finder pattern is there.
            }

            for (var y = -2; y <= 2; y++)
            {
                for (var x = -2; x <= 2; x++)
                {
                    Set(row + y, column + x, Math.Max(Math.Abs(y), Math.Abs(x)) != 1);
                }
            }
        }

        DrawFormat(Set);
        DrawVersion(Set);
    }

    private static void DrawFormat(Action<int, int, bool> set)
    {
        const int LevelAndMask = 0b01_000;
        var bits = ((LevelAndMask << 10) | Bch(LevelAndMask, 10, 0x537)) ^ 0x5412;
        bool Bit(int at) => ((bits >> at) & 1) != 0;
        for (var at = 0; at < 15; at++)
        {
            var (row, column) = at switch { < 6 => (at, 8), 6 => (7, 8), 7 => (8, 8), 8 => (8, 7), _ => (8, 14 - at) };
            set(row, column, Bit(at));
            (row, column) = at < 8 ? (8, Side - 1 - at) : (Side - 15 + at, 8);
            set(row, column, Bit(at));
        }

        set(Side - 8, 8, true);
    }

    private static void DrawVersion(Action<int, int, bool> set)
    {
        var bits = (Version << 12) | Bch(Version, 12, 0x1F25);
        for (var at = 0; at < 18; at++)
        {
            var dark = ((bits >> at) & 1) != 0;
            set(Side - 11 + at % 3, at / 3, dark);
            set(at / 3, Side - 11 + at % 3, dark);
        }
    }

    private static int Bch(int value, int degree, int generator)
    {
        var remainder = value;
        for (var step = 0; step < degree; step++)
        {
            remainder = (remainder << 1) ^ ((remainder >> (degree - 1)) * generator);
        }

        return remainder;
    }

    /// <summary>Two columns at a time from the right, upwards and downwards in turn, around everything reserved.</summary>
    private static void DrawWords(bool[,] modules, bool[,] reserved, List<byte> words)
    {
        var bit = 0;
        var upwards = true;
        for (var right = Side - 1; right >= 1; right -= 2, upwards = !upwards)
        {
            right = right == 6 ? 5 : right;
            for (var step = 0; step < Side; step++)
            {
                var row = upwards ? Side - 1 - step : step;
                for (var column = right; column >= right - 1; column--)
                {
                    if (reserved[row, column])
                    {
                        continue;
                    }

                    var dark = bit < words.Count * 8 && ((words[bit / 8] >> (7 - bit % 8)) & 1) != 0;
                    modules[row, column] = dark ^ ((row + column) % 2 == 0);
                    bit++;
                }
            }
        }
    }
}
