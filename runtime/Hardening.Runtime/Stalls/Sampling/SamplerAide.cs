using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// A second thread that does after each sample what the sampler must not: open files, make threads, allocate. In a storm it may be stuck for long; the sampler then goes on with what it has.
/// </summary>
internal sealed class SamplerAide : IDisposable
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WithoutEvents = TimeSpan.FromMilliseconds(200);

    private readonly Action[] _work;
    private readonly Action _end;
    private readonly SafeFileHandle? _wake; // an event of the system: waking takes no lock that the aide may hold while it is kept from running
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;
    private bool _disposed;
    private long _turns;
    private long _failures;

    /// <summary>Starts the thread.</summary>
    /// <param name="work">What is done after each sample, in this order. What throws is counted, and does not keep the rest from being done.</param>
    /// <param name="end">Is done by the thread as its last act: what the work uses must not be taken from it before.</param>
    public SamplerAide(ReadOnlySpan<Action> work, Action end)
    {
        (_work, _end) = (work.ToArray(), end);
        _wake = OperatingSystem.IsLinux() ? Libc.OpenEvent() : null;
        _thread = new Thread(Run) { Name = "stall-aide", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often the work was done.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>How often a part of it threw.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>A sample was taken. Never waits.</summary>
    public void Wake()
    {
        if (_wake is not null)
        {
            Libc.SignalEvent(_wake);
        }
    }

    /// <summary>Ends the thread, which is waited for up to 2 s. One that is stuck ends when it is free again.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _stopping.Set();
        Wake();
        if (_thread.Join(JoinLimit))
        {
            _wake?.Dispose();
            _stopping.Dispose();
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
        if (_wake is null)
        {
            return !_stopping.Wait(WithoutEvents);
        }

        Span<PollEntry> entries = [new PollEntry((int)_wake.DangerousGetHandle())];
        _ = Libc.Poll(entries, -1); // Dispose wakes it, too
        Libc.TakeEvent(_wake);
        return !_stopping.IsSet;
    }
}
