namespace Hardening.Benchmarks.Peers;

/// <summary>A frame in the driver's memory, to be copied out of it.</summary>
/// <param name="Camera">Whose it is.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="Due">When it was exposed by the schedule, in nanoseconds of <see cref="MonotonicClock"/>.</param>
/// <param name="Image">Where it lies.</param>
public readonly record struct DriverFrame(int Camera, long Sequence, long Due, int Image);

/// <summary>
/// A camera and its driver: frames by an absolute schedule, whoever is late; the driver keeps the last few, and older ones are lost. One thread reads.
/// </summary>
public sealed class ModelCamera(Workload workload, DriverMemory memory, int number)
{
    private readonly long _period = workload.IsPaced ? (long)(1e9 / workload.Rate) : 0;
    private long _first;
    private long _next;
    private long _lost;
    private bool _isWakenExactly;

    public int Number => number;

    /// <summary>Frames that the reader was too late for.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Begins the schedule at a moment that all cameras share.</summary>
    public void Begin(long start)
    {
        _first = start + (workload.IsSynchronous ? 0 : _period * number / workload.Cameras);
        _next = 0;
    }

    /// <summary>Waits for the next frame, for this many nanoseconds at most.</summary>
    public bool TryRead(long limit, out DriverFrame frame)
    {
        var now = MonotonicClock.Now;
        if (workload.IsPaced)
        {
            if (!_isWakenExactly)
            {
                MonotonicClock.WakeExactly(); // the thread that reads
                _isWakenExactly = true;
            }

            var due = Due(_next);
            if (due > now)
            {
                MonotonicClock.SleepUntil(Math.Min(due, now + limit));
                now = MonotonicClock.Now;
            }

            if (due > now)
            {
                frame = default;
                return false;
            }

            SkipLost(now);
        }

        frame = new DriverFrame(number, _next, workload.IsPaced ? Due(_next) : now, DriverMemory.ImageOf(number, _next));
        _next++;
        return true;
    }

    public ReadOnlySpan<byte> Pixels(in DriverFrame frame) => memory.Image(frame.Image);

    private long Due(long sequence) => _first + (sequence * _period);

    private void SkipLost(long now)
    {
        var newest = (now - _first) / _period;
        if (newest - _next >= Workload.DriverBuffers)
        {
            Volatile.Write(ref _lost, _lost + newest - Workload.DriverBuffers + 1 - _next);
            _next = newest - Workload.DriverBuffers + 1;
        }
    }
}
