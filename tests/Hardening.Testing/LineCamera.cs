using Hardening.Camera;

namespace Hardening.Testing;

/// <summary>A scripted camera that can be missing, break, be slow to open or to start, and come back.</summary>
public sealed class LineCamera(string name) : IFrameSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ScriptedFrameSource _script = new(name);
    private readonly ManualResetEventSlim _mayOpen = new(true);
    private readonly ManualResetEventSlim _mayStart = new(true);
    private int _opens;
    private int _starts;
    private int _failingStarts;
    private long _delivered;
    private volatile bool _isMissing;
    private volatile bool _isDisposed;

    public string Name => name;

    public int DriverBuffers => 0;

    public double? FrameRate { get; init; }

    public bool IsTriggered { get; init; }

    /// <summary>There is no such camera: opening it fails.</summary>
    public bool IsMissing
    {
        get => _isMissing;
        set => _isMissing = value;
    }

    /// <summary>How often somebody has begun to open it.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>How often somebody has begun to start its stream.</summary>
    public int Starts => Volatile.Read(ref _starts);

    /// <summary>How many frames it has handed over, or had no buffer for.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Starting its stream fails the next so many times.</summary>
    public int FailingStarts
    {
        get => Volatile.Read(ref _failingStarts);
        set => Volatile.Write(ref _failingStarts, value);
    }

    public bool IsDisposed => _isDisposed;

    /// <summary>Gives frames with the next numbers.</summary>
    public void Send(int count = 1, FrameStatus status = FrameStatus.Complete) => _script.Send(count, status);

    /// <summary>The next frame gets this number.</summary>
    public void SkipTo(long sequence) => _script.SkipTo(sequence);

    public void End() => _script.End();

    /// <summary>The next read fails: the camera is gone, until it is opened again.</summary>
    /// <param name="failure">What it throws. Default: what a source should.</param>
    public void Break(Exception? failure = null) => _script.Fail(failure ?? new FrameSourceException(name, $"Camera '{name}' is told to be gone."));

    /// <summary>The next read does not return until <see cref="Release"/>, token or not.</summary>
    public void Hang() => _script.Hang();

    /// <summary>Opening takes until <see cref="LetOpen"/>, or until its token is cancelled.</summary>
    public void HoldOpen() => _mayOpen.Reset();

    public void LetOpen() => _mayOpen.Set();

    /// <summary>Starting takes until <see cref="LetStart"/>: it has no token.</summary>
    public void HoldStart() => _mayStart.Reset();

    public void LetStart() => _mayStart.Set();

    /// <summary>Whatever waits may go on.</summary>
    public void Release()
    {
        _script.Release();
        _mayOpen.Set();
        _mayStart.Set();
    }

    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opens);
        _mayOpen.Wait(Limit, cancellationToken);
        return _isMissing
            ? throw new FrameSourceException(name, $"There is no camera '{name}'.")
            : _script.Open(context, cancellationToken) with { FrameRate = FrameRate, IsTriggered = IsTriggered };
    }

    public void Start(FramePool pool)
    {
        Interlocked.Increment(ref _starts);
        _mayStart.Wait(Limit, CancellationToken.None);
        if (FailingStarts > 0)
        {
            FailingStarts--;
            throw new FrameSourceException(name, $"Camera '{name}' does not start.");
        }

        _script.Start(pool);
    }

    public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var read = _script.Read(timeout, cancellationToken);
        if (read.Status is FrameReadStatus.Frame or FrameReadStatus.Dropped)
        {
            Interlocked.Increment(ref _delivered);
        }

        return read;
    }

    public void Stop() => _script.Stop();

    public void Dispose()
    {
        _isDisposed = true;
        _script.Dispose();
    }
}
