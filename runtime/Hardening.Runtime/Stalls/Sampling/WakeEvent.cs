using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Stalls.Sampling;

/// <summary>Wakes one thread. To signal takes no lock that the other one may hold while it is kept from running: on Linux it is an event of the system, elsewhere the other one looks now and then.</summary>
internal sealed class WakeEvent : IDisposable
{
    private static readonly TimeSpan WithoutEvents = TimeSpan.FromMilliseconds(200);

    private readonly SafeFileHandle? _event = OperatingSystem.IsLinux() ? Libc.OpenEvent() : null;
    private readonly ManualResetEventSlim _never = new();

    /// <summary>Never waits.</summary>
    public void Signal()
    {
        if (_event is not null)
        {
            Libc.SignalEvent(_event);
        }
    }

    /// <summary>Waits for a signal since the last call. May end without one.</summary>
    /// <param name="limit">How long at most; -1 ms: for as long as it takes, which <see cref="Signal"/> ends.</param>
    public void Wait(TimeSpan limit)
    {
        if (_event is null)
        {
            _never.Wait(limit < TimeSpan.Zero || limit > WithoutEvents ? WithoutEvents : limit);
            return;
        }

        Span<PollEntry> entries = [new PollEntry((int)_event.DangerousGetHandle())];
        _ = Libc.Poll(entries, (int)limit.TotalMilliseconds);
        Libc.TakeEvent(_event);
    }

    /// <summary>When nobody signals or waits any more.</summary>
    public void Dispose()
    {
        _event?.Dispose();
        _never.Dispose();
    }
}
