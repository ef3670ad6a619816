namespace Hardening.Stalls.Sampling;

/// <summary>
/// A thread that sleeps 100 ms, again and again, and notes how late it wakes: whatever keeps a thread that wants nothing from running keeps others too.
/// </summary>
internal sealed class Canary(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Sleep = TimeSpan.FromMilliseconds(100); // more often it would cost as much as all samples
    private static readonly long SleepNanoseconds = (long)Sleep.TotalNanoseconds;

    private readonly ManualResetEventSlim _stopping = new(initialState: false, spinCount: 0); // to spin ten times a second would cost more than all else
    private Thread? _thread;
    private long _dueAt; // 0: it does not sleep
    private long _worst;
    private long _wakes;

    /// <summary>How often it woke.</summary>
    public long Wakes => Volatile.Read(ref _wakes);

    /// <summary>Whether its thread runs.</summary>
    public bool IsRunning => _thread?.IsAlive ?? false;

    /// <summary>Starts the thread. To be called once.</summary>
    public void Start()
    {
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "stall-canary", IsBackground = true };
        _thread.Start();
    }

    /// <summary>ns that it woke too late at worst since this was last asked: a sleep that should be over counts as well.</summary>
    public long TakeDelay()
    {
        var dueAt = Volatile.Read(ref _dueAt);
        var late = dueAt != 0 ? time.Nanoseconds - dueAt : 0;
        return Math.Max(Math.Max(late, 0), Interlocked.Exchange(ref _worst, 0));
    }

    /// <summary>The same, and it may be asked for again.</summary>
    public long PeekDelay()
    {
        var dueAt = Volatile.Read(ref _dueAt);
        return Math.Max(dueAt != 0 ? time.Nanoseconds - dueAt : 0, Volatile.Read(ref _worst));
    }

    /// <summary>Ends the thread, which is waited for up to 5 s: on a machine that stalls it may not get to run. It ends as soon as it does.</summary>
    public void Dispose()
    {
        _stopping.Set();
        if (_thread is null || _thread.Join(EndLimit))
        {
            _stopping.Dispose();
        }
    }

    private void Run()
    {
        do
        {
            var dueAt = Volatile.Read(ref _dueAt);
            var now = time.Nanoseconds;
            if (dueAt != 0)
            {
                Worst.Note(ref _worst, now - dueAt);
            }

            Volatile.Write(ref _dueAt, now + SleepNanoseconds);
            Volatile.Write(ref _wakes, _wakes + 1);
        }
        while (!_stopping.Wait(Sleep));
        Volatile.Write(ref _dueAt, 0);
    }
}
