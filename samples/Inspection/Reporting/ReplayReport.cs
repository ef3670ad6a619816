using Hardening.Camera.Recording;

namespace Inspection.Reporting;

/// <summary>What a run has read of its recordings, all cameras together.</summary>
/// <param name="Frames">Frames that were read, damaged ones included.</param>
/// <param name="Late">Frames that nobody took in time: lost, as with a camera.</param>
/// <param name="Damaged">Frames whose pixels are not what was recorded: received as incomplete.</param>
/// <param name="Skipped">Frames that cannot be read.</param>
/// <param name="CutOffFiles">Files that were not closed, and were read up to their last whole frame.</param>
/// <param name="UnreadableFiles">Files that cannot be read.</param>
internal sealed record ReplayReport(long Frames, long Late, long Damaged, long Skipped, long CutOffFiles, long UnreadableFiles)
{
    /// <summary>All frames that the recordings had up to here.</summary>
    public long Due => Frames + Late + Skipped;

    /// <returns>Null where there are cameras.</returns>
    public static ReplayReport? From(IEnumerable<IDisposable> sources)
    {
        RecordingReadStatistics[] read = [.. sources.OfType<RecordingFrameSource>().Select(source => source.GetStatistics())];
        return read.Length == 0
            ? null
            : new ReplayReport(
                read.Sum(one => one.Frames), read.Sum(one => one.Late), read.Sum(one => one.Damaged), read.Sum(one => one.Skipped), read.Sum(one => one.CutOffFiles), read.Sum(one => one.UnreadableFiles));
    }
}
