using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Records a clip, and throws it away if that takes too long. The recorder is killed and still writes: a part of the file is there again afterwards.</summary>
internal static class ClipRecorder
{
    public static bool Record(string clip)
    {
        using var recorder = Process.Start("record", [clip]);
        if (recorder.WaitForExit(60_000))
        {
            return true;
        }

        recorder.Kill(entireProcessTree: true);
        File.Delete(clip); // HRD3009
        return false;
    }
}
