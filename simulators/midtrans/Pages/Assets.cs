using System.Reflection;

namespace Platform.Simulators.Midtrans.Pages;

internal static class Assets
{
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/snap/snap.js", () => Serve("snap.js", "text/javascript; charset=utf-8"));
        routes.MapGet("/snap/page.js", () => Serve("page.js", "text/javascript; charset=utf-8"));
        routes.MapGet("/snap/page.css", () => Serve("page.css", "text/css; charset=utf-8"));
    }

    private static IResult Serve(string name, string type) => Results.Stream(
        Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the simulator."), type);
}
