namespace Hardening.Stalls.Sampling;

/// <summary>
/// A further thread that does what the sampler must not: open files, make threads, allocate. It works after each sample, or at a pace of its own. In a storm it may be stuck for long; the sampler then goes
/// on with what it has.
/// </summary>
internal sealed class SamplerAide : IDisposable
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(2);

    private readonly Action[] _work;
    private readonly Action _end;
    private readonly WakeEvent _wake = new();
    private readonly TimeSpan _every;
    private readonly Thread _thread;
    private bool _disposed;
    private bool _isStopping; // volatile
    private long _turns;
    private long _failures;

    /// <summary>Starts the thread.</summary>
    /// <param name="work">What is done after each sample, in this order. What throws is counted, and does not keep the rest from being done.</param>
    /// <param name="end">Is done by the thread as its last act: what the work uses must not be taken from it before.</param>
    /// <param name="every">How often it works though nobody wakes it. Default: never.</param>
    /// <param name="name">The thread's.</param>
    public SamplerAide(ReadOnlySpan<Action> work, Action end, TimeSpan? every = null, string name = "stall-aide")
    {
        (_work, _end, _every) = (work.ToArray(), end, every ?? Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often the work was done.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>How often a part of it threw.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>A sample was taken. Never waits.</summary>
    public void Wake() => _wake.Signal();

    /// <summary>Ends the thread, which is waited for up to 2 s. One that is stuck ends when it is free again.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Volatile.Write(ref _isStopping, true);
        Wake();
        if (_thread.Join(JoinLimit))
        {
            _wake.Dispose();
        }
    }

    private void Run()
    {
        while (WaitForSample())
        {
            foreach (var part in _work)
            {
                try
                {
                    part();
                }
                catch (Exception)
                {
                    Interlocked.Increment(ref _failures); // of one turn: the next one may succeed
                }
            }

            Interlocked.Increment(ref _turns);
        }

        _end();
    }

    private bool WaitForSample()
    {
        _wake.Wait(_every); // Dispose wakes it, too
        return !Volatile.Read(ref _isStopping);
    }
}
