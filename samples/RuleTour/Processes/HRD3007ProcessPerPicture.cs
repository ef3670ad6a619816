using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Makes small pictures of large ones. For 3,000 pictures it starts 3,000 processes, and waits for none.</summary>
internal static class Thumbnails
{
    public static void Make(IReadOnlyList<string> pictures)
    {
        foreach (var picture in pictures)
        {
            using var tool = Process.Start("convert", [picture, "-resize", "200", picture + ".small.png"]); // HRD3007
        }
    }
}
