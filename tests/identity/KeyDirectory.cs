using System.Security.Cryptography;

namespace Platform.Identity.Tests;

/// <summary>A directory of signing keys; the first key is there from the start.</summary>
public sealed class KeyDirectory : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("platform-keys-");

    public KeyDirectory() => Add("2026-01.pem");

    public string Path => directory.FullName;

    public void Add(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(name, key.ExportPkcs8PrivateKeyPem());
    }

    public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Path, name));

    public void Remove(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    public void Dispose() => directory.Delete(recursive: true);
}
