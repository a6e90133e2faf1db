using System.Globalization;
using Platform.Simulators.Kubernetes.Kinds;
using Platform.Simulators.Kubernetes.Storage;
using Platform.Simulators.Kubernetes.Trees;

namespace Platform.Simulators.Kubernetes.Writing;

/// <summary>Everything that the cluster makes up: uids, name suffixes, addresses. The same seed makes up the same.</summary>
internal sealed class Identifiers(ObjectStore store, int seed)
{
    // Without vowels, as in the real server, so that no suffix is a word.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private readonly Lock gate = new();
    private Random random = new(seed);
    private int pods;

    public Random Random => random;

    /// <summary>Continues differently after saved state was loaded, or the uids of that state would be made up a second time.</summary>
    public void StartOver(long revision)
    {
        random = new(unchecked((int)((seed * 397L) ^ revision)));
        pods = (int)(revision % 50_000);
    }

    public string Uid()
    {
        lock (gate)
        {
            Span<byte> bytes = stackalloc byte[16];
            random.NextBytes(bytes);
            bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
            return new Guid(bytes).ToString();
        }
    }

    public string Suffix(int length = 5)
    {
        lock (gate)
        {
            return string.Create(length, random, (text, source) => source.GetItems(Alphabet, text));
        }
    }

    public string PodAddress()
    {
        var number = Interlocked.Increment(ref pods);
        return string.Create(CultureInfo.InvariantCulture, $"10.42.{(number >> 8) & 255}.{number & 255}");
    }

    /// <summary>An address of the service network that no Service has.</summary>
    public string ServiceAddress() => Unused(
        "clusterIP",
        next => string.Create(CultureInfo.InvariantCulture, $"10.43.{next(256)}.{1 + next(254)}"));

    public int NodePort()
    {
        var taken = store.List(KindCatalog.Service).SelectMany(service => service.Body.Items("spec", "ports"))
            .Select(port => port.Number("nodePort")).ToHashSet();
        lock (gate)
        {
            int port;
            do
            {
                port = random.Next(30000, 32768);
            }
            while (taken.Contains(port));
            return port;
        }
    }

    private string Unused(string field, Func<Func<int, int>, string> candidate)
    {
        var taken = store.List(KindCatalog.Service).Select(service => service.Body.Text("spec", field)).ToHashSet();
        lock (gate)
        {
            string address;
            do
            {
                address = candidate(random.Next);
            }
            while (taken.Contains(address));
            return address;
        }
    }
}
