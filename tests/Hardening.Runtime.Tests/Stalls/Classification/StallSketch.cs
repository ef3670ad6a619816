using Hardening.Stalls;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>
/// A window drawn by hand: a second of peace and then a stall of 2 s, a sample each 200 ms, the last three of them deep, on two processors. What is said of a thread or of the load holds for the whole stall.
/// </summary>
internal sealed class StallSketch
{
    public const int CameraId = 11;
    public const int OwnerId = 22;
    public const ulong Futex = 0x7f00_1000;

    private const long Second = 1_000_000_000;
    private const long Start = 100 * Second;
    private const int Peace = 5;
    private const int Stalled = 10;

    private readonly Dictionary<int, string> _names = new() { [CameraId] = "camera", [OwnerId] = "dispatch" };
    private readonly List<string> _channels = [];
    private readonly List<Func<bool, ThreadSample>> _rows = [];
    private readonly List<LockWait> _waits = [];
    private readonly List<ThreadFrames> _stacks = [];
    private readonly List<HeldLock> _held = [];
    private readonly Dictionary<ulong, int> _futexOwners = [];
    private ProcessSample _process = new() { UserTicks = 2, Threads = 20, Runnable = 1 };
    private HostSample _host = new() { UserTicks = 4, IdleTicks = 36, Runnable = 2 };
    private RuntimeSample _runtime = new() { PoolThreads = 4 };
    private StalledActivity _activity = new() { Kind = StalledActivityKind.Heartbeat, Name = "left", ThreadId = CameraId, StallAfter = TimeSpan.FromSeconds(2), Silence = TimeSpan.FromSeconds(2) };
    private double _late;
    private int _processors = 2;

    private StallSketch()
    {
    }

    public static StallSketch OfThread() => new();

    public static StallSketch OfPool() => new() { _activity = new() { Kind = StalledActivityKind.ThreadPool, Name = "thread-pool", StallAfter = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(2) } };

    public static StallSketch OfProcess() =>
        new() { _activity = new() { Kind = StalledActivityKind.Process, Name = "process", StallAfter = TimeSpan.FromSeconds(0.5), Silence = TimeSpan.FromSeconds(2) } };

    public StallSketch Processors(int count)
    {
        _processors = count;
        return this;
    }

    public StallSketch StallAfter(double seconds)
    {
        _activity = _activity with { StallAfter = TimeSpan.FromSeconds(seconds) };
        return this;
    }

    public StallSketch Named(int threadId, string name)
    {
        _names[threadId] = name;
        return this;
    }

    /// <summary>What a thread does: shares of the time that it runs and waits for a processor; each second's slices and switches.</summary>
    public StallSketch Thread(
        int threadId, double runs = 0, double waits = 0, char state = 'S', string? at = "futex_do_wait", int call = 202, ulong argument = 0, double system = 0, double slices = 0, double yields = 0, double faults = 0)
    {
        var channel = at is null ? 0 : Channel(at);
        _rows.Add(deep => new ThreadSample
        {
            ThreadId = threadId,
            State = state,
            RunTime = (long)(runs * Second / 5),
            RunDelay = (long)(waits * Second / 5),
            Slices = (long)(slices / 5),
            UserTicks = (int)Math.Round(runs * (1 - system) * 20),
            SystemTicks = (int)Math.Round(runs * system * 20),
            MinorFaults = (long)(faults / 5),
            WaitChannel = deep ? channel : 0,
            SystemCall = deep && call >= 0 ? call + 1 : 0,
            Argument = deep ? (argument == 0 ? 0x1000UL + (ulong)threadId * 64 : argument) : 0,
            InvoluntarySwitches = deep ? (long)(yields / 5) : 0,
        });
        return this;
    }

    /// <summary>Several threads alike, numbered from <paramref name="first"/>.</summary>
    public StallSketch Threads(int first, int count, string name, double runs = 0, double waits = 0, char state = 'S', string? at = "futex_do_wait", int call = 202, ulong argument = 0, double yields = 0)
    {
        for (var id = first; id < first + count; id++)
        {
            Named(id, name).Thread(id, runs, waits, state, at, call, argument, yields: yields);
        }

        return this;
    }

    /// <summary>Processors used and threads that want one: of the process, its children, and the others.</summary>
    public StallSketch Load(
        double user = 0.1, double system = 0, double runnable = 1, double children = 0, double runnableChildren = 0, double foreign = 0, double runnableForeign = 0, double faults = 0, double uninterruptible = 0)
    {
        _process = _process with
        {
            UserTicks = Ticks(user), SystemTicks = Ticks(system), Runnable = (int)runnable, ChildrenTicks = Ticks(children), Children = (int)runnableChildren, RunnableChildren = (int)runnableChildren,
            MinorFaults = (long)(faults / 5), Uninterruptible = (int)uninterruptible,
        };
        _host = _host with
        {
            UserTicks = Ticks(user + children + foreign), SystemTicks = Ticks(system), IdleTicks = Ticks(Math.Max(0, _processors - user - system - children - foreign)),
            Runnable = (int)(runnable + runnableChildren + runnableForeign),
        };
        return this;
    }

    public StallSketch Throttled(double share)
    {
        _host = _host with { Throttled = (long)(share * Second / 5) };
        return this;
    }

    public StallSketch Collections(double pause, double suspension = 0, int gen0 = 1, int gen2 = 1)
    {
        _process = _process with { UserTicks = Ticks(pause) };
        _runtime = _runtime with { GcPause = (long)(pause * Second / 5), GcSuspension = (long)(suspension * Second / 5), Gen0 = gen0, Gen2 = gen2 };
        return this;
    }

    public StallSketch Contentions(int each)
    {
        _runtime = _runtime with { Contentions = each };
        return this;
    }

    public StallSketch PoolQueue(int pending, double delay)
    {
        _runtime = _runtime with { PendingWorkItems = pending, PoolDelay = (long)(delay * Second) };
        return this;
    }

    /// <summary>The stall is one sample that came late.</summary>
    public StallSketch Late(double seconds = 2, int continued = 0, double canary = 0)
    {
        _late = seconds;
        _runtime = _runtime with { Continued = continued, CanaryDelay = (long)(canary * Second) };
        return this;
    }

    public StallSketch WithoutThread()
    {
        _activity = _activity with { ThreadId = 0 };
        return this;
    }

    /// <summary>The canary wakes late by so much in each sample.</summary>
    public StallSketch CanaryLate(double seconds)
    {
        _runtime = _runtime with { CanaryDelay = (long)(seconds * Second) };
        return this;
    }

    public StallSketch RunDelay(double seconds)
    {
        _process = _process with { RunDelay = (long)(seconds * Second) };
        return this;
    }

    /// <summary>A wait for a lock of .NET, in seconds of the stall; without an end it is under way.</summary>
    public StallSketch Waits(int waiter, int owner, ulong lockId = 1, double from = 0, double? to = null)
    {
        _waits.Add(new LockWait(lockId, lockId * 0x100, owner, waiter, Start + (long)(from * Second), to is { } end ? Start + (long)(end * Second) : 0));
        return this;
    }

    /// <summary>A stack, the innermost frame first: <c>Type.Method</c> or <c>Type.Method@File.cs:12</c>.</summary>
    public StallSketch Stack(int threadId, params string[] frames)
    {
        _stacks.Add(new ThreadFrames(threadId, [.. frames.Select(Frame)]));
        return this;
    }

    public StallSketch Held(ulong address, string type, int owner, params int[] waiters)
    {
        _held.Add(new HeldLock(address, type, owner, waiters.Length, waiters));
        return this;
    }

    public StallSketch FutexOwner(ulong address, int owner)
    {
        _futexOwners[address] = owner;
        return this;
    }

    public StallVerdict Classify() => CauseClassifier.Classify(Build());

    public StallReport Report()
    {
        var window = Build();
        var subject = new StallSubject { ProcessId = 4711, Name = "app", Host = "host", Processors = 2, System = "Linux", Runtime = ".NET" };
        return StallReportBuilder.Build("1", DateTimeOffset.UnixEpoch, window, CauseClassifier.Classify(window), subject, []);
    }

    public StallWindow Build()
    {
        var samples = new List<WindowSample>();
        for (var i = Peace; i > 0; i--)
        {
            samples.Add(new WindowSample(Sample(Start - (i - 1) * Second / 5, Second / 5, new() { UserTicks = 2, Runnable = 1 }, new() { UserTicks = 4, IdleTicks = 36, Runnable = 2 }, default, false), [new ThreadSample { ThreadId = CameraId, State = 'S', RunTime = 1_000_000 }]));
        }

        if (_late > 0)
        {
            samples.Add(new WindowSample(Sample(Start + (long)(_late * Second), (long)(_late * Second), _process, _host, _runtime, true), [.. _rows.Select(row => row(true))]));
        }
        else
        {
            for (var i = 1; i <= Stalled; i++)
            {
                var deep = i > Stalled - 3;
                samples.Add(new WindowSample(Sample(Start + i * Second / 5, Second / 5, _process, _host, _runtime, deep), [.. _rows.Select(row => row(deep))]));
            }
        }

        return new StallWindow
        {
            Processors = _processors,
            Activity = _activity,
            StallStart = Start,
            StallEnd = Start + 2 * Second,
            Activities = 2,
            Samples = samples,
            WaitChannels = _channels,
            ThreadNames = _names,
            LockWaits = _waits,
            FutexOwners = _futexOwners,
            Stacks = _stacks.Count + _held.Count == 0 ? null : new ThreadStackCapture { Source = "test", Threads = _stacks, Locks = _held },
        };
    }

    private static Sample Sample(long time, long interval, ProcessSample process, HostSample host, RuntimeSample runtime, bool deep) =>
        new() { Time = time, Interval = interval, Cost = 300_000, IsDeep = deep, Process = process, Host = host, Runtime = runtime };

    // Of processors, in an interval of 200 ms.
    private static long Ticks(double processors) => (long)Math.Round(processors * 20);

    private int Channel(string name)
    {
        if (!_channels.Contains(name))
        {
            _channels.Add(name);
        }

        return _channels.IndexOf(name) + 1;
    }

    private static ThreadStackFrame Frame(string text)
    {
        var at = text.Split('@');
        var place = at.Length > 1 ? at[1].Split(':') : [];
        return new ThreadStackFrame(at[0], at[0].StartsWith("System.", StringComparison.Ordinal) ? "System.Private.CoreLib" : "App", place.Length > 0 ? "/src/" + place[0] : null, place.Length > 1 ? int.Parse(place[1], null) : null);
    }
}
