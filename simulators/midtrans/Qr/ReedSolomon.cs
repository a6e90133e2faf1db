namespace Platform.Simulators.Midtrans.Qr;

/// <summary>Error correction words of a QR block, over the field of 256 elements with the polynomial 0x11D.</summary>
internal static class ReedSolomon
{
    public static byte[] Remainder(byte[] block, int count)
    {
        var generator = Generator(count);
        var remainder = new byte[count];
        foreach (var word in block)
        {
            var factor = word ^ remainder[0];
            Array.Copy(remainder, 1, remainder, 0, count - 1);
            remainder[count - 1] = 0;
            for (var at = 0; at < count; at++)
            {
                remainder[at] ^= Multiply(generator[at], (byte)factor);
            }
        }

        return remainder;
    }

    /// <summary>The product of (x - 2^i), highest power first, its leading one left out.</summary>
    private static byte[] Generator(int degree)
    {
        var factors = new byte[degree];
        factors[^1] = 1;
        byte root = 1;
        for (var step = 0; step < degree; step++)
        {
            for (var at = 0; at < degree; at++)
            {
                factors[at] = Multiply(factors[at], root);
                if (at + 1 < degree)
                {
                    factors[at] ^= factors[at + 1];
                }
            }

            root = Multiply(root, 2);
        }

        return factors;
    }

    private static byte Multiply(byte left, byte right)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D);
            product ^= ((right >> bit) & 1) * left;
        }

        return (byte)product;
    }
}
