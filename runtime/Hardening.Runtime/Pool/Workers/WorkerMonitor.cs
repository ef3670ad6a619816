using System.ComponentModel;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <summary>The one thread of a pool that waits for ends of workers, and for times. It sleeps until there is one: an idle pool costs nothing.</summary>
internal sealed class WorkerMonitor : IDisposable
{
    private readonly WorkerCrew _crew;
    private readonly TimeProvider _time;
    private readonly SafeFileHandle _wakeUp = Libc.OpenEvent();
    private readonly ITimer? _timer; // for a clock that is not the system's
    private readonly Lock _gate = new();
    private readonly List<Worker> _added = []; // under the lock
    private readonly List<Worker> _watched = []; // the thread's
    private long _wakeAt = long.MaxValue;
    private volatile bool _isStopping;

    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    /// <exception cref="OutOfMemoryException">The system gives no thread.</exception>
    public WorkerMonitor(WorkerCrew crew, string pool, TimeProvider time)
    {
        (_crew, _time) = (crew, time);
        _timer = time == TimeProvider.System ? null : time.CreateTimer(_ => WakeUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = $"Hardening.Pool.{pool}" }.Start();
    }

    /// <summary>Tells of the worker's end, once.</summary>
    public void Watch(Worker worker)
    {
        var isHeld = false;
        worker.PidFd.DangerousAddRef(ref isHeld); // so that the number stays its own until this thread lets it go
        lock (_gate)
        {
            _added.Add(worker);
        }

        WakeUp();
    }

    /// <summary>There is something to look at, at this time.</summary>
    public void NoteDue(long due)
    {
        if (due < Volatile.Read(ref _wakeAt))
        {
            WakeUp();
        }
    }

    public void WakeUp()
    {
        try
        {
            Libc.SignalEvent(_wakeUp);
        }
        catch (ObjectDisposedException)
        {
            // The pool has ended.
        }
    }

    /// <summary>Lets the thread end once it watches nobody.</summary>
    public void Dispose()
    {
        _isStopping = true;
        WakeUp();
    }

    private void Run()
    {
        PollEntry[] entries = [];
        while (true)
        {
            lock (_gate)
            {
                _watched.AddRange(_added);
                _added.Clear();
            }

            if (_isStopping && _watched.Count == 0)
            {
                break;
            }

            if (entries.Length < _watched.Count + 1)
            {
                entries = new PollEntry[Math.Max(8, 2 * (_watched.Count + 1))];
            }

            entries[0] = new PollEntry((int)_wakeUp.DangerousGetHandle());
            for (var i = 0; i < _watched.Count; i++)
            {
                entries[i + 1] = new PollEntry((int)_watched[i].PidFd.DangerousGetHandle());
            }

            _ = Libc.Poll(entries.AsSpan(0, _watched.Count + 1), Wait());
            Volatile.Write(ref _wakeAt, long.MinValue); // what comes up from here on, the next round sees
            Libc.TakeEvent(_wakeUp);
            for (var i = _watched.Count - 1; i >= 0; i--)
            {
                if (entries[i + 1].Happened != 0)
                {
                    var worker = _watched[i];
                    _watched.RemoveAt(i);
                    worker.NoteExit();
                    worker.PidFd.DangerousRelease();
                }
            }

            _crew.Check(_time.GetTimestamp());
        }

        _timer?.Dispose();
        _wakeUp.Dispose();
    }

    // In the order that loses no wake-up: first it is told from when on one is needed, then what is due is looked at, and whatever comes in between signals the event.
    private int Wait()
    {
        Volatile.Write(ref _wakeAt, long.MaxValue);
        Interlocked.MemoryBarrier();
        var due = _crew.NextDue();
        Volatile.Write(ref _wakeAt, due);
        if (due == long.MaxValue)
        {
            return -1;
        }

        var left = _time.GetElapsedTime(_time.GetTimestamp(), due);
        if (_timer is null)
        {
            return (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
        }

        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return _time.GetTimestamp() >= due ? 0 : -1; // a clock that was moved on meanwhile would fire too late
    }
}
