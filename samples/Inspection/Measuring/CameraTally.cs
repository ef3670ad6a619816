using System.Runtime.InteropServices;
using Hardening.Camera;
using Hardening.Stalls;
using Inspection.Work;

namespace Inspection.Measuring;

/// <summary>What is measured of one camera's results, for both servers in the same way: the latency, the longest pause, and whether the results are right.</summary>
/// <param name="scene">What the camera shows; null where nobody knows.</param>
/// <param name="heartbeat">Beats with each result.</param>
/// <param name="time">The clock of the frames.</param>
internal sealed class CameraTally(SyntheticScene? scene, Heartbeat heartbeat, TimeProvider time)
{
    private readonly object _gate = new(); // no Lock, which allocates when two threads first meet at it
    private readonly Heartbeat _heartbeat = Paused(heartbeat); // starting is not its promise
    private readonly LatencyHistogram _latency = new();
    private long _lastResult;
    private TimeSpan _longestPause;
    private long _results;
    private long _wrong;
    private long _defects;
    private bool _rests = true;

    /// <summary>Takes one result at the moment at which it is there.</summary>
    public void Record(in FrameInfo info, in DefectReport report)
    {
        var now = time.GetTimestamp();
        var isWrong = scene is not null && !IsRight(scene, info.Sequence, report);
        lock (_gate)
        {
            _latency.Record(time.GetElapsedTime(info.HostTimestamp, now));
            if (_results++ > 0 && time.GetElapsedTime(_lastResult, now) is var pause && pause > _longestPause)
            {
                _longestPause = pause;
            }

            _lastResult = now;
            _wrong += isWrong ? 1 : 0;
            _defects += report.Count;
            _heartbeat.Beat();
        }
    }

    /// <summary>How many defects were found so far, on all frames together.</summary>
    public long Defects => Interlocked.Read(ref _defects);

    /// <summary>The camera streams: from here on silence is a stall.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _heartbeat.Resume();
            _rests = false;
        }
    }

    /// <summary>The camera has ended as it should: from here on silence is no stall.</summary>
    public void Rest()
    {
        lock (_gate)
        {
            if (!_rests)
            {
                _rests = true;
                _heartbeat.Pause();
            }
        }
    }

    /// <summary>The figures so far.</summary>
    /// <param name="addLatencyTo">Also gets the latencies of this camera.</param>
    public CameraResults Snapshot(LatencyHistogram? addLatencyTo = null)
    {
        lock (_gate)
        {
            addLatencyTo?.Add(_latency);
            return new CameraResults(_results, scene is null ? 0 : _results, _wrong, _longestPause, _latency.Summarize());
        }
    }

    private static Heartbeat Paused(Heartbeat heartbeat)
    {
        heartbeat.Pause();
        return heartbeat;
    }

    // Boxes must match exactly; the order of the truth is not that of the results.
    private static bool IsRight(SyntheticScene scene, long sequence, in DefectReport report)
    {
        Span<SyntheticDefect> truth = stackalloc SyntheticDefect[DefectReport.MaxListed];
        truth = truth[..scene.GetDefects(sequence, truth)];
        if (report.Overflowed || report.Count != truth.Length)
        {
            return false;
        }

        foreach (var defect in report.Listed)
        {
            if (!truth.Contains(new SyntheticDefect(defect.X, defect.Y, defect.Width, defect.Height)))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>The results of one camera up to a moment.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CameraResults(long Results, long Checked, long Wrong, TimeSpan LongestPause, LatencySummary Latency);
