using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Reports;

/// <summary>Reports as a watchdog would give them.</summary>
internal static class SampleReports
{
    public static StallReport Report(string id = "20261122T200338-1", StallCause cause = StallCause.LockContention, bool hasEnded = false) => new()
    {
        Id = id,
        StartedAt = new DateTimeOffset(2026, 11, 22, 20, 3, 38, TimeSpan.Zero),
        Duration = TimeSpan.FromSeconds(hasEnded ? 7.25 : 5.125),
        DetectedAfter = TimeSpan.FromSeconds(5.125),
        HasEnded = hasEnded,
        Headline = "LegacyServer.cs:41: 27 threads waited for a lock that conv6 held.",
        Activities = [new StalledActivity { Kind = StalledActivityKind.Heartbeat, Name = "importer", Label = "cycle/save", StallAfter = TimeSpan.FromSeconds(5), Silence = TimeSpan.FromSeconds(5.125), ThreadId = 4712 }],
        Verdict = new StallVerdict
        {
            Cause = cause,
            Confidence = 0.95,
            Contributions = [new StallContribution(StallCause.ForeignLoad, 0.1)],
            Shares = new StallShares { Blocked = 0.9, WaitingForProcessor = 0.1 },
            Evidence = ["importer waited for a lock for 4.6 s of 5.1 s.", "conv6 held it all the time."],
        },
        Culprit = new ThreadStackFrame("Inspection.LegacyServer.Archive", "Inspection", "LegacyServer.cs", 41),
        Threads = [new ThreadUsage { ThreadId = 4720, Name = "conv6", User = TimeSpan.FromSeconds(2), System = TimeSpan.FromSeconds(0.5), Running = TimeSpan.FromSeconds(2.5), WaitChannel = "futex_do_wait" }],
        Locks =
        [
            new StallLock
            {
                Kind = "Monitor", Address = 0x7f00dead0000, Type = "System.Object", OwnerThreadId = 4720, OwnerName = "conv6",
                OwnerAt = new ThreadStackFrame("Inspection.LegacyServer.Archive", "Inspection", "LegacyServer.cs", 41), Waiters = 27, WaiterThreadIds = [4712, 4713],
                WaitersAt = new ThreadStackFrame("Inspection.LegacyServer.Serve", "Inspection", "LegacyServer.cs", 30),
            },
        ],
        Stacks = [new StackGroup([4712, 4713], [new ThreadStackFrame("System.Threading.Monitor.Enter"), new ThreadStackFrame("Inspection.LegacyServer.Serve", "Inspection", "LegacyServer.cs", 30)])],
        Documents = [new SourceDocument("LegacyServer.cs", "SHA256", "1f8ac10f23c5b5bc1167bda84b833e5c057a77d2a9f3f9a4f2f1b4a0d9a2d4c1")],
        Missing = ["No stacks of native code."],
        Advice = [new StallAdvice("Do not archive under the lock.", "HRD1003", "Hardening.Pool.ProcessPool")],
        Subject = new StallSubject { ProcessId = 4711, Name = "Inspection", Host = "line-3", Processors = 2, System = "Linux 6.18", Runtime = ".NET 10.0.12", Version = "1.2+abc" },
    };

    public static StallWindow Window() => new()
    {
        Processors = 2,
        Activity = Report().Activities[0],
        StallStart = 1_000_000_000,
        StallEnd = 6_125_000_000,
        Activities = 3,
        Samples =
        [
            new WindowSample(
                new Sample { Time = 1_200_000_000, Interval = 200_000_000, Process = new ProcessSample { Threads = 30 } },
                [new ThreadSample { ThreadId = 4712, State = 'S', Argument = 0x7f00dead0000 }]),
        ],
        ThreadNames = new Dictionary<int, string> { [4712] = "importer" },
        LockWaits = [new LockWait(0x55, 0x7f00dead0000, 4720, 4712, 1_000_000_000, 0)],
        FutexOwners = new Dictionary<ulong, int> { [ulong.MaxValue] = 4720 },
    };
}
