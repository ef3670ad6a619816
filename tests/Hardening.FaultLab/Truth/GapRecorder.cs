using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hardening.FaultLab.Truth;

/// <summary>The gaps of one activity, by the clock of its own thread: knows nothing of the watchdog. To be made and used by that thread.</summary>
internal sealed class GapRecorder : IDisposable
{
    /// <summary>Shorter ones are no gaps.</summary>
    public const long Least = 20_000_000;

    private readonly string _activity;
    private readonly TimeProvider _time;
    private readonly GapList _gaps;
    private readonly SafeFileHandle? _statistics;
    private long _last;
    private (long Running, long Waiting) _times;
    private TimeSpan _collecting;

    /// <param name="activity">Its name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gaps">Gets the gaps.</param>
    /// <param name="since">When the activity was promised, in ns of the clock; null: now. A thread that begins late owes the time until then.</param>
    public GapRecorder(string activity, TimeProvider time, GapList gaps, long? since = null)
    {
        (_activity, _time, _gaps) = (activity, time, gaps);
        const string path = "/proc/thread-self/schedstat"; // means the thread that opens it, for good
        _statistics = File.Exists(path) ? File.OpenHandle(path) : null;
        Note();
        _last = since ?? _last;
    }

    /// <summary>The activity moves.</summary>
    public void Mark()
    {
        var (last, times, collecting) = (_last, _times, _collecting);
        Note();
        if (_last - last >= Least)
        {
            _gaps.Add(new Gap(
                _activity, last, _last, _times.Running - times.Running, _times.Waiting - times.Waiting, (long)(_collecting - collecting).TotalNanoseconds));
        }
    }

    public void Dispose() => _statistics?.Dispose();

    private void Note()
    {
        _times = ReadTimes();
        _collecting = GC.GetTotalPauseDuration();
        _last = _time.Nanoseconds();
    }

    // "run wait slices"
    private (long Running, long Waiting) ReadTimes()
    {
        Span<byte> text = stackalloc byte[96];
        if (_statistics is null || RandomAccess.Read(_statistics, text, 0) is not (> 0 and var length))
        {
            return default;
        }

        Span<char> chars = stackalloc char[96];
        var line = chars[..Encoding.ASCII.GetChars(text[..length], chars)];
        var first = line.IndexOf(' ');
        var second = first + 1 + line[(first + 1)..].IndexOf(' ');
        return (long.Parse(line[..first], CultureInfo.InvariantCulture), long.Parse(line[(first + 1)..second], CultureInfo.InvariantCulture));
    }
}

/// <summary>The gaps of all activities of a run.</summary>
internal sealed class GapList
{
    private const int Most = 10_000; // a run has some dozens

    private readonly Lock _gate = new();
    private readonly List<Gap> _gaps = [];

    public void Add(Gap gap)
    {
        lock (_gate)
        {
            if (_gaps.Count < Most)
            {
                _gaps.Add(gap);
            }
        }
    }

    public IReadOnlyList<Gap> Take()
    {
        lock (_gate)
        {
            return [.. _gaps.OrderBy(gap => gap.Start)];
        }
    }
}
