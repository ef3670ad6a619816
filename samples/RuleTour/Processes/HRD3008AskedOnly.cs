using System.Diagnostics;
using System.Globalization;

namespace RuleTour.Processes;

/// <summary>Stops the old version before a new one is deployed. Who ignores SIGTERM is still there afterwards, and holds the port.</summary>
internal static class OldVersion
{
    public static void Stop(Process server)
    {
        using var kill = Process.Start("kill", ["-TERM", server.Id.ToString(CultureInfo.InvariantCulture)]); // HRD3008
        kill.WaitForExit();
    }
}
