using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>Windows that no kernel writes: numbers of every size, holes, and threads that come and go.</summary>
internal static class RandomWindow
{
    private const string States = "RSDTZI\0";

    public static StallWindow Of(int seed)
    {
        var random = new Random(seed);
        var time = 100_000_000_000L;
        var samples = new List<WindowSample>();
        for (var i = random.Next(0, 30); i > 0; i--)
        {
            var interval = random.Next(10) == 0 ? Number(random) : random.Next(1, 400_000_000);
            time += random.Next(20) == 0 ? -random.Next(1_000_000) : Math.Abs(interval % 5_000_000_000);
            samples.Add(new WindowSample(
                new Sample
                {
                    Time = time, Interval = interval, Cost = random.Next(), IsDeep = random.Next(2) == 0,
                    Process = new ProcessSample
                    {
                        UserTicks = Number(random), SystemTicks = Number(random), MinorFaults = Number(random), Runnable = random.Next(-2, 90), Uninterruptible = random.Next(9), EndedChildrenTicks = Number(random),
                        Children = random.Next(40), RunnableChildren = random.Next(40), ChildrenTicks = Number(random), RunDelay = Number(random), Omitted = random.Next(8) == 0 ? 3 : 0,
                    },
                    Host = new HostSample { UserTicks = Number(random), SystemTicks = Number(random), IdleTicks = Number(random), StealTicks = Number(random), Runnable = random.Next(200), Throttled = Number(random), Suspended = Number(random) },
                    Runtime = new RuntimeSample
                    {
                        GcPause = Number(random), GcSuspension = Number(random), Gen0 = random.Next(3), Gen2 = random.Next(3), Contentions = Number(random), PendingWorkItems = random.Next(500), PoolThreads = random.Next(20),
                        PoolDelay = Number(random), CanaryDelay = Number(random), Continued = random.Next(9) == 0 ? 1 : 0,
                    },
                },
                [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => Row(random))]));
        }

        var start = 100_000_000_000L + random.Next(-100_000_000, 2_000_000_000);
        return new StallWindow
        {
            Processors = random.Next(0, 65),
            Activity = new StalledActivity { Kind = (StalledActivityKind)random.Next(3), Name = "work", ThreadId = random.Next(0, 8), StallAfter = TimeSpan.FromMilliseconds(random.Next(0, 3000)), Silence = TimeSpan.FromSeconds(2) },
            StallStart = start,
            StallEnd = start + random.Next(-1000, int.MaxValue),
            Samples = samples,
            WaitChannels = ["futex_do_wait", "__vm_munmap", "pipe_read", ""],
            ThreadNames = Enumerable.Range(0, random.Next(8)).ToDictionary(id => id, id => id % 2 == 0 ? ".NET TP Worker" : random.Next(3) == 0 ? "stall-watchdog" : ""),
            LockWaits = [.. Enumerable.Range(0, random.Next(0, 20)).Select(_ => new LockWait((ulong)random.Next(4), (ulong)random.Next(4), random.Next(8), random.Next(8), start + random.Next(-1_000_000_000, 1_000_000_000), random.Next(3) == 0 ? 0 : start + random.Next()))],
            FutexOwners = new Dictionary<ulong, int> { [(ulong)random.Next(4)] = random.Next(8) },
            Stacks = random.Next(2) == 0 ? null : new ThreadStackCapture { Source = "random", Threads = [.. Enumerable.Range(0, random.Next(12)).Select(id => new ThreadFrames(id % 8, Frames(random)))], Locks = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new HeldLock((ulong)random.Next(4), null, random.Next(8), random.Next(20), [random.Next(8), random.Next(8)]))] },
        };
    }

    private static ThreadSample Row(Random random) => new()
    {
        ThreadId = random.Next(8), State = States[random.Next(States.Length)], RunTime = Number(random), RunDelay = Number(random), Slices = Number(random), UserTicks = random.Next(100), SystemTicks = random.Next(100),
        WaitChannel = random.Next(-1, 7), SystemCall = random.Next(-1, 300), Argument = (ulong)random.Next(4), VoluntarySwitches = Number(random), InvoluntarySwitches = Number(random),
    };

    private static ThreadStackFrame[] Frames(Random random)
    {
        string[] methods = ["System.Threading.Monitor.Enter", "System.Threading.Thread.Sleep", "System.Threading.Tasks.Task.Wait", "App.Camera.Grab", "App.Api.Handle", "", "System.Threading.SemaphoreSlim.Wait", "X"];
        return [.. Enumerable.Range(0, random.Next(5)).Select(_ => new ThreadStackFrame(methods[random.Next(methods.Length)], null, random.Next(2) == 0 ? "Camera.cs" : null, random.Next(2) == 0 ? random.Next(3) : null))];
    }

    // Of every size, some far out.
    private static long Number(Random random) => random.Next(8) switch
    {
        0 => 0,
        1 => -random.Next(),
        2 => long.MaxValue / 4,
        3 => random.NextInt64(10_000_000_000_000),
        _ => random.Next(300_000_000),
    };
}
