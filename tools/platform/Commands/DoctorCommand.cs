using Platform.Tool.Prerequisites;

namespace Platform.Tool.Commands;

internal static class DoctorCommand
{
    public static int Run(Session session)
    {
        var broken = false;
        foreach (var finding in Checkup.All(session.Layout))
        {
            var state = finding.Holds ? "OK     " : finding.Required ? "MISSING" : "note   ";
            Console.WriteLine($"{state}  {finding.Subject,-22} {finding.Found}");
            if (!finding.Holds)
            {
                Console.WriteLine($"         {"",-22} {finding.Remedy}");
                broken |= finding.Required;
            }
        }

        return broken ? 1 : 0;
    }
}
