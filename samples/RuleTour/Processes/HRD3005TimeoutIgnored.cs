using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Packs a folder within a minute. After the minute the tool packs on, and the half of a file that is there counts as the result.</summary>
internal static class FolderPack
{
    public static FileInfo Pack(string folder, string archive)
    {
        using var tool = Process.Start("tar", ["-czf", archive, folder]);
        tool.WaitForExit(60_000); // HRD3005
        return new FileInfo(archive);
    }
}
