namespace Hardening.Benchmarks.Peers;

/// <summary>A way from cameras to results. A thread for each camera reads it, as with every contender; what comes after that is their own.</summary>
public abstract class CameraLine(Workload workload, ModelCamera[] cameras, ResultBook book) : ICameraLine, IDisposable
{
    private const long ReadLimit = 100_000_000;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly List<Thread> _captures = [];
    private volatile bool _isStopping;
    private long _taken;
    private long _dropped;

    /// <summary>Frames that were given up on the way.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Frames that came from the drivers.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    protected Workload Workload => workload;

    protected ResultBook Book => book;

    /// <summary>Whether what is left is to be given up.</summary>
    protected bool IsStopping => _isStopping;

    public Task StartAsync(long begin)
    {
        foreach (var camera in cameras)
        {
            camera.Begin(begin);
            var thread = new Thread(() => Capture(camera)) { Name = $"capture {camera.Number}", IsBackground = true };
            _captures.Add(thread);
            thread.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync() => Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Takes a frame out of the driver's memory, and on. Called on the camera's thread.</summary>
    protected abstract void Take(ModelCamera camera, in DriverFrame frame);

    /// <summary>No frame comes any more: waits for those that did.</summary>
    protected abstract void Drain(TimeSpan limit);

    protected void Drop() => Interlocked.Increment(ref _dropped);

    protected static bool IsTooOld(Workload workload, in DriverFrame frame) =>
        workload is { WhenFull: Overflow.Deadline } && MonotonicClock.Now - frame.Due > (long)Workload.Deadline.TotalNanoseconds;

    private void Capture(ModelCamera camera)
    {
        while (!_isStopping)
        {
            if (camera.TryRead(ReadLimit, out var frame))
            {
                Interlocked.Increment(ref _taken);
                Take(camera, frame);
            }
        }
    }

    private static TimeSpan Left(long until) => TimeSpan.FromMicroseconds(Math.Max(0, (until - MonotonicClock.Now) / 1000));

    // The cameras, then what comes after them.
    private void Stop()
    {
        _isStopping = true;
        var until = MonotonicClock.Now + (long)StopLimit.TotalNanoseconds;
        foreach (var thread in _captures)
        {
            if (!thread.Join(Left(until)))
            {
                throw new TimeoutException($"{thread.Name} does not end.");
            }
        }

        Drain(Left(until));
    }
}
