using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Platform.Simulators.Midtrans.Qr;

/// <summary>A QR code as a black and white PNG.</summary>
internal static class QrPng
{
    private const int Scale = 6;
    private const int QuietZone = 4;

    public static byte[] Draw(string text)
    {
        var modules = QrSymbol.Encode(Encoding.ASCII.GetBytes(text));
        var side = (modules.GetLength(0) + 2 * QuietZone) * Scale;
        var stride = (side + 7) / 8 + 1;
        var pixels = new byte[stride * side];
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                if (!IsDark(modules, y / Scale - QuietZone, x / Scale - QuietZone))
                {
                    pixels[y * stride + 1 + x / 8] |= (byte)(0x80 >> (x % 8));
                }
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        header[8] = 1;   // One bit a pixel, grey.
        Chunk(png, "IHDR", header);
        Chunk(png, "IDAT", Deflate(pixels));
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    private static bool IsDark(bool[,] modules, int row, int column) =>
        row >= 0 && column >= 0 && row < modules.GetLength(0) && column < modules.GetLength(0) && modules[row, column];

    private static byte[] Deflate(byte[] pixels)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(pixels);
        }

        return packed.ToArray();
    }

    private static void Chunk(MemoryStream png, string type, byte[] content)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        png.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
        png.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var each in bytes)
        {
            crc ^= each;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
