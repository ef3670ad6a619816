using System.Collections.Concurrent;

namespace Hardening.Benchmarks.Peers;

/// <summary>As it is written first: a new array for each frame, a queue, a task for each frame, and a lock around the results.</summary>
public sealed class NaiveLine : CameraLine
{
    private const int MostUnderWay = 256; // as fast as possible: more would only fill the memory

    [ThreadStatic]
    private static FrameWork? s_work;

    private readonly BlockingCollection<(DriverFrame Frame, byte[] Pixels)> _queue = new();
    private readonly SemaphoreSlim _room = new(MostUnderWay);
    private readonly object _gate = new();
    private readonly Task _dispatcher;
    private long _working;

    public NaiveLine(Workload workload, ModelCamera[] cameras, ResultBook book)
        : base(workload, cameras, book) => _dispatcher = Task.Factory.StartNew(Dispatch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    protected override void Take(ModelCamera camera, in DriverFrame frame)
    {
        ArgumentNullException.ThrowIfNull(camera);
        if (Workload.WhenFull == Overflow.Wait)
        {
            _room.Wait();
        }

        var pixels = new byte[Workload.FrameBytes];
        camera.Pixels(frame).CopyTo(pixels);
        Interlocked.Increment(ref _working);
        _queue.Add((frame, pixels));
    }

    protected override void Drain(TimeSpan limit)
    {
        _queue.CompleteAdding();
        if (!_dispatcher.Wait(limit) || !SpinWait.SpinUntil(() => Interlocked.Read(ref _working) == 0, limit))
        {
            throw new TimeoutException("Frames are left.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        _queue.Dispose();
        _room.Dispose();
        base.Dispose(disposing);
    }

    private void Dispatch()
    {
        foreach (var (frame, pixels) in _queue.GetConsumingEnumerable())
        {
            _ = Task.Run(() => Work(frame, pixels));
        }
    }

    private void Work(DriverFrame frame, byte[] pixels)
    {
        if (IsStopping)
        {
            Drop();
        }
        else
        {
            var found = (s_work ??= new FrameWork(Workload)).Run(pixels);
            lock (_gate)
            {
                Book.Add(frame, found);
            }
        }

        Interlocked.Decrement(ref _working);
        if (Workload.WhenFull == Overflow.Wait)
        {
            _room.Release();
        }
    }
}
