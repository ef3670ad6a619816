using System.Runtime.InteropServices;

namespace Hardening.Witness.Victim;

/// <summary>What can be wrong with the victim. The statements that the tests look for bear a mark, which they find in this file.</summary>
internal static partial class Faults
{
    private static readonly object s_monitor = new();
    private static readonly object s_other = new();
    private static readonly Lock s_lock = new();
    private static readonly ManualResetEventSlim s_never = new();
    private static readonly SemaphoreSlim s_slot = new(1);
    private static volatile int s_pause;
    private static int s_count;

    public static void Begin(string fault, int count)
    {
        switch (fault)
        {
            case "idle":
                break;
            case "convoy":
                Convoy(HoldMonitor, AwaitMonitor, count);
                break;
            case "lock":
                Convoy(HoldLock, AwaitLock, count);
                break;
            case "deadlock":
                Deadlock();
                break;
            case "starved":
                Starve(count);
                break;
            case "busy":
                StartAll(count, "busy", Spin);
                break;
            case "many":
                StartAll(count, "deep", static () => Descend(40));
                break;
            case "suspension":
                Suspend(seconds: count);
                break;
            case "often":
                UseOften();
                break;
            case "device":
                Start("uninterruptible", SleepUninterruptibly);
                break;
            case "sleep":
                StartAll(1, "sleeper", Sleep);
                break;
            default:
                throw new ArgumentException($"There is no fault '{fault}'.", nameof(fault));
        }
    }

    private static void Convoy(Action<ManualResetEventSlim> hold, ThreadStart wait, int waiters)
    {
        using var isHeld = new ManualResetEventSlim();
        Start("owner", () => hold(isHeld));
        isHeld.Wait();
        StartAll(waiters, "waiter", wait);
    }

    private static void HoldMonitor(ManualResetEventSlim isHeld)
    {
        lock (s_monitor)
        {
            isHeld.Set();
            s_never.Wait(); // monitor-owner
        }
    }

    private static void AwaitMonitor()
    {
        lock (s_monitor) // monitor-waiter
        {
            Console.Error.WriteLine("never");
        }
    }

    private static void HoldLock(ManualResetEventSlim isHeld)
    {
        lock (s_lock)
        {
            isHeld.Set();
            s_never.Wait(); // lock-owner
        }
    }

    private static void AwaitLock()
    {
        lock (s_lock) // lock-waiter
        {
            Console.Error.WriteLine("never");
        }
    }

    // Calls them until the runtime has compiled them as well as it can; then each waits.
    private static void UseOften()
    {
        (string Name, Action Run)[] all = [("outer", TakeOuter), ("inner", TakeOuter), ("lock", TakeLock), ("slot", TakeSlot), ("pause", Pause)];
        using (var compiler = new Recompilation(nameof(TakeOuter), nameof(TakeLock), nameof(TakeSlot), nameof(Pause)))
        {
            while (!compiler.IsDone)
            {
                Array.ForEach(all, one => one.Run());
                Thread.Sleep(1);
            }
        }

        Monitor.Enter(s_other);
        Start("inner", TakeOuter).Join(TimeSpan.FromMilliseconds(300)); // it has the outer one by then, and waits for the inner
        s_lock.Enter();
        s_slot.Wait();
        s_pause = Timeout.Infinite;
        foreach (var (name, run) in all.Where(one => one.Name != "inner"))
        {
            Start(name, run.Invoke);
        }
    }

    private static void TakeOuter()
    {
        lock (s_monitor) // often-outer
        {
            lock (s_other) // often-inner
            {
                s_count++;
            }
        }
    }

    private static void TakeLock()
    {
        lock (s_lock) // often-lock
        {
            s_count++;
        }
    }

    private static void TakeSlot()
    {
        s_slot.Wait(); // often-slot
        try
        {
            s_count++;
        }
        finally
        {
            s_slot.Release();
        }
    }

    private static void Pause()
    {
        s_count++;
        Thread.Sleep(s_pause); // often-pause
        s_count++;
    }

    private static void Deadlock()
    {
        using var both = new Barrier(2);
        Start("first", () => TakeBoth(s_monitor, s_other, both));
        Start("second", () => TakeBoth(s_other, s_monitor, both)).Join(TimeSpan.FromMilliseconds(300));
    }

    private static void TakeBoth(object one, object other, Barrier both)
    {
        lock (one)
        {
            both.SignalAndWait();
            lock (other) // deadlock-waiter
            {
                Console.Error.WriteLine("never");
            }
        }
    }

    private static void Starve(int count)
    {
        for (var i = 0; i < count; i++)
        {
            ThreadPool.QueueUserWorkItem(static _ => SyncOverAsync());
        }
    }

    private static void SyncOverAsync() => NeverAsync().Wait(); // sync-over-async

    private static async Task NeverAsync() => await new TaskCompletionSource().Task;

    private static void Spin()
    {
        for (var i = 0L; i >= 0; i++)
        {
            Math.Sqrt(i);
        }
    }

    private static void Descend(int depth)
    {
        if (depth == 0)
        {
            s_never.Wait();
        }
        else
        {
            Descend(depth - 1);
        }
    }

    private static void Sleep() => Thread.Sleep(Timeout.Infinite); // sleeper

    // A thread that the collector cannot stop: everybody waits for it.
    private static void Suspend(int seconds)
    {
        Start("unstoppable", () =>
        {
            Span<ulong> all = stackalloc ulong[16]; // a set of signals has 1,024 bits
            all.Fill(ulong.MaxValue);
            pthread_sigmask(0, all, 0); // the collector's would wake it
            var time = new TimeSpec { Seconds = seconds };
            nanosleep(ref time, 0); // unstoppable
        });
        Start("collector", static () =>
        {
            Thread.Sleep(200);
            GC.Collect();
        });
    }

    // The parent of a vfork(2) waits in state D until its child runs a program; this child waits for somebody to write into its input first.
    private static void SleepUninterruptibly()
    {
        var actions = new byte[256];
        mkfifo("never", 0x180);
        posix_spawn_file_actions_init(actions);
        posix_spawn_file_actions_addopen(actions, 0, "never", 0, 0);
        posix_spawn(out _, "/bin/true", actions, 0, ["true", null], [null]);
    }

    private static void StartAll(int count, string name, ThreadStart run)
    {
        for (var i = 0; i < count; i++)
        {
            Start($"{name} {i}", run);
        }
    }

    private static Thread Start(string name, ThreadStart run)
    {
        var thread = new Thread(run, maxStackSize: 256 << 10) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte[] actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte[] actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int processId, string path, byte[] actions, nint attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, Span<ulong> signals, nint old);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int nanosleep(ref TimeSpec time, nint left);
}
