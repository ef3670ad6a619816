using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Asks git what has changed. With more than 64 KiB of changes, git waits for its reader, and its reader waits for git.</summary>
internal static class WorkingTree
{
    public static string[] Changes(string folder)
    {
        var start = new ProcessStartInfo("git", ["status", "--porcelain"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var git = Process.Start(start)!;
        git.WaitForExit(); // HRD3006
        return git.StandardOutput.ReadToEnd().Split('\n');
    }
}
