// Stands for any service, gateway or simulator: the tests copy it under the names of the real ones. What it is asked to do is
// written to a journal, and files in the faults directory tell it to misbehave.
var name = Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]);
var faults = Environment.GetEnvironmentVariable("PLATFORM_FAULTS")!;
bool Fault(string kind) => File.Exists(Path.Combine(faults, $"{kind}-{name}"));
void Note(string what)
{
    // A file per entry, named by the machine's monotonic clock: many processes write at once, and .NET has no atomic append.
    var journal = Directory.CreateDirectory(Path.Combine(faults, "journal")).FullName;
    File.WriteAllText(Path.Combine(journal, $"{System.Diagnostics.Stopwatch.GetTimestamp():D20} {what} {name}"), "");
}

if (args is ["migrate"])
{
    Note("migrate");
    Console.WriteLine($"{name} migrates");
    return Fault("migrate") ? 4 : 0;
}

Note("start");
if (Fault("die"))
{
    Console.WriteLine($"{name} can not go on: the moon is in the wrong house");
    return 3;
}

var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["Simulator:CertificateFile"] is { } certificate)
{
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        https.ServerCertificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(certificate)));
}

var app = builder.Build();
var ready = () => Fault("unready") ? Results.StatusCode(503) : Results.Ok();
app.MapGet("/health/ready", ready);
app.MapGet("/healthz", ready);
app.MapGet("/", ready);
app.MapGet("/environment", () => Environment.GetEnvironmentVariables());
app.Run();
return 0;
