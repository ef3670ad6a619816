using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Converts a clip. The tool asks whether it may overwrite a file, nobody answers, and this waits with it.</summary>
internal static class ClipConversion
{
    public static bool Convert(string from, string to)
    {
        using var tool = Process.Start("ffmpeg", ["-i", from, to]);
        tool.WaitForExit(); // HRD3004
        return tool.ExitCode == 0;
    }
}
