using System.Text;

namespace Platform.Provisioner.Manifests;

/// <summary>
/// Names from ids alone, the same each time and never from text of a user. The slug of the service comes first for the eye; the id decides.
/// </summary>
internal static class InstanceNames
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int SlugInName = 20;
    private const int LabelLength = 63;

    /// <summary>A user's namespace: the whole id, so that no two users can meet.</summary>
    public static string NamespaceOf(Guid user) => $"u-{user:N}";

    /// <summary>
    /// The deployment, service and ingress: all 128 bits of the id behind a short slug; at most 47 characters, room for a suffix.
    /// </summary>
    public static string NameOf(string slug, Guid instance) => $"{Clean(slug, SlugInName)}-{Base32(instance.ToByteArray(bigEndian: true))}";

    public static string EnvironmentOf(string name) => $"{name}-env";

    public static string VolumeOf(string name) => $"{name}-data";

    public static string CertificateOf(string name) => $"{name}-tls";

    /// <summary>
    /// The public host: the slug and base-32 characters of the id's random end. Eight of them are one in 10^12; whoever stores
    /// the host checks, and asks for more of them when it is taken.
    /// </summary>
    /// <param name="characters">8, 16 or 24.</param>
    public static string HostOf(string slug, Guid instance, string baseDomain, int characters = 8)
    {
        var random = instance.ToByteArray(bigEndian: true).AsSpan(16 - characters * 5 / 8);
        return $"{Clean(slug, LabelLength - characters - 1)}-{Base32(random)}.{baseDomain}";
    }

    // Letters, digits and single dashes; begins with a letter (a Service's name must), ends with letter or digit.
    private static string Clean(string slug, int length)
    {
        var clean = new StringBuilder(slug.Length);
        foreach (var c in slug.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != '-')
                clean.Append('-');
        }

        var text = clean.ToString();
        text = text.Length == 0 || !char.IsAsciiLetter(text[0]) ? $"app-{text}" : text;
        return text[..Math.Min(text.Length, length)].TrimEnd('-');
    }

    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        var (buffer, bits) = (0, 0);
        foreach (var part in bytes)
        {
            buffer = (buffer << 8) | part;
            bits += 8;
            for (; bits >= 5; bits -= 5)
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }

        if (bits > 0)
            text.Append(Alphabet[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }
}
