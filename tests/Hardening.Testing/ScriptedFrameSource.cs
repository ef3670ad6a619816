using Hardening.Camera;

namespace Hardening.Testing;

/// <summary>A camera that does what a test says, when it says so: 8 × 8 Mono8 frames whose pixels are the low byte of their number.</summary>
public sealed class ScriptedFrameSource(string name = "scripted") : IFrameSource
{
    private readonly object _gate = new();
    private readonly Queue<Func<FrameRead>> _script = new();
    private FramePool? _pool;
    private TimeProvider _time = TimeProvider.System;
    private long _next;
    private bool _isReleased;
    private int _opens;
    private int _failingOpens;

    public string Name => name;

    public int DriverBuffers { get; init; }

    public double? FrameRate { get; init; }

    /// <summary>Thrown by <see cref="Open"/>, if set.</summary>
    public Exception? OpenFailure { get; init; }

    /// <summary>It sends frames when asked to, so that its silence says nothing.</summary>
    public bool IsTriggered { get; init; }

    /// <summary>How often it was opened, or was to be.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary><see cref="Open"/> does not return until <see cref="Release"/>, token or not: a driver's blocked call.</summary>
    public bool HangsInOpen { get; init; }

    public bool IsDisposed { get; private set; }

    /// <summary>It cannot be opened the next so many times.</summary>
    public void FailOpens(int count) => Volatile.Write(ref _failingOpens, count);

    /// <summary>Gives frames with the next numbers.</summary>
    public void Send(int count = 1, FrameStatus status = FrameStatus.Complete)
    {
        for (var i = 0; i < count; i++)
        {
            Add(() => Make(status));
        }
    }

    /// <summary>The next frame gets this number.</summary>
    public void SkipTo(long sequence) => Add(() =>
    {
        _next = sequence;
        return FrameRead.Timeout;
    });

    public void End() => Add(static () => FrameRead.EndOfStream);

    public void Fail(Exception failure) => Add(() => throw failure);

    /// <summary>The next read does not return until <see cref="Release"/>, token or not.</summary>
    public void Hang() => Add(() =>
    {
        WaitForRelease();
        return FrameRead.Timeout;
    });

    /// <summary>Lets calls that hang return.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            Monitor.PulseAll(_gate);
        }
    }

    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        if (HangsInOpen)
        {
            WaitForRelease();
        }

        _time = context.Time;
        Interlocked.Increment(ref _opens);
        if (Volatile.Read(ref _failingOpens) > 0)
        {
            Interlocked.Decrement(ref _failingOpens);
            throw new FrameSourceException(name, $"Camera '{name}' is not there.");
        }

        return OpenFailure is null ? new FrameFormat(8, 8, PixelFormat.Mono8, 64, FrameRate, IsTriggered) : throw OpenFailure;
    }

    public void Start(FramePool pool) => _pool = pool;

    public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var wake = cancellationToken.Register(() =>
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        });
        Func<FrameRead>? next;
        lock (_gate)
        {
            if (!_script.TryDequeue(out next) && !cancellationToken.IsCancellationRequested)
            {
                Monitor.Wait(_gate, timeout);
                _script.TryDequeue(out next);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return next?.Invoke() ?? FrameRead.Timeout;
    }

    public void Stop()
    {
    }

    public void Dispose() => IsDisposed = true;

    private FrameRead Make(FrameStatus status)
    {
        var sequence = _next++;
        var info = new FrameInfo
        {
            Camera = name, Sequence = sequence, HostTimestamp = _time.GetTimestamp(), Status = status,
            Width = 8, Height = 8, Stride = 8, Length = 64, PixelFormat = PixelFormat.Mono8,
        };
        if (!_pool!.TryRent(name, out var buffer))
        {
            return FrameRead.Dropped(info);
        }

        buffer.Bytes[..64].Fill((byte)sequence);
        return FrameRead.Delivered(buffer.Publish(info));
    }

    private void Add(Func<FrameRead> step)
    {
        lock (_gate)
        {
            _script.Enqueue(step);
            Monitor.PulseAll(_gate);
        }
    }

    private void WaitForRelease()
    {
        lock (_gate)
        {
            while (!_isReleased)
            {
                Monitor.Wait(_gate, TimeSpan.FromSeconds(30));
            }
        }
    }
}
