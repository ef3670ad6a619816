using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Sends a file to an archive. A file called <c>shift 3" x.csv</c> is three arguments, and one of them is an option of the tool's.</summary>
internal static class ArchiveUpload
{
    public static bool Send(string file, string host)
    {
        using var tool = Process.Start("scp", $"-q \"{file}\" {host}:/archive"); // HRD3012
        if (tool.WaitForExit(60_000))
        {
            return tool.ExitCode == 0;
        }

        tool.Kill(entireProcessTree: true);
        return false;
    }
}
