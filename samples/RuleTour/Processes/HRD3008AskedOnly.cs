using System.Diagnostics;
using System.Globalization;

namespace RuleTour.Processes;

/// <summary>Stops the old version before a new one is deployed. Who ignores SIGTERM is still there afterwards, and holds the port.</summary>
internal static class OldVersion
{
    public static bool Stop(Process server)
    {
        using var kill = Process.Start("kill", ["-TERM", server.Id.ToString(CultureInfo.InvariantCulture)]); // HRD3008
        return kill.WaitForExit(5000) && kill.ExitCode == 0;
    }
}
