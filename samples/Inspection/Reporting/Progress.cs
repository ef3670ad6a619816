using Inspection.Measuring;
using Inspection.Servers;

namespace Inspection.Reporting;

/// <summary>What a view shows at one moment of a run, whose duration is null where it goes to the end of a recording.</summary>
internal sealed record Progress(string Server, TimeSpan Elapsed, TimeSpan? Duration, long Stalls, IReadOnlyList<CameraProgress> Cameras);

/// <summary>One camera at that moment.</summary>
/// <param name="Account">What became of its frames.</param>
/// <param name="Results">What its results were like.</param>
/// <param name="Fps">Results per second since the moment before.</param>
internal sealed record CameraProgress(CameraAccount Account, CameraResults Results, double Fps);

/// <summary>Shows a run while it runs.</summary>
internal interface IProgressView
{
    /// <summary>Runs <paramref name="run"/> on this thread; it calls its argument now and then.</summary>
    void Follow(Action<Action<Progress>> run);
}
