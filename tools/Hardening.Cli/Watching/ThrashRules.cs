using Hardening.Stalls;
using Hardening.Stalls.Classification;

namespace Hardening.Cli.Watching;

/// <summary>Threads that spend their time on waiting for each other.</summary>
internal static class ThrashRules
{
    // Together these say that a lock keeps threads from work: several wait at any time, they all get on, and somebody always wants to run.
    private const double Waiting = 2; // threads, on average
    private const int Turns = 3;
    private const double Wanted = 0.5; // processors
    private const double MostlyHeld = 0.4; // of the looks: between two owners nobody holds it

    // Without a proof of the lock itself, the kernel must be busy with waking: a pool of workers that share a queue waits at one place too.
    private const double KernelPart = 0.3;
    private const double ManySwitches = 5_000; // for each second of processor time

    // A healthy program switches a few thousand times for each second of processor time.
    private const double SwitchStorm = 20_000;

    private const double SmallRun = 0.2; // processors: less hurts nobody

    private const string Interpreters = "The interpreter runs one thread at a time: use processes in the place of threads, as many as there are processors, or move the loop out of it.";

    // A thread that computes is taken off its processor; one that asks for a lock after each few thousand instructions leaves it.
    private const double ManyWaits = 2_000; // for each second of processor time

    /// <summary>
    /// On a full machine the threads of an interpreter do not sleep at its lock: each is woken for it, waits for a processor, and finds it taken again. Where they compute on most processors at once, they are
    /// in libraries that let the lock go; what the kernel does to wake them does not count.
    /// </summary>
    public static Pathology? Interpreter(PathologyFacts facts) =>
        facts.Kind.InterpreterLock is not { } name || facts.Load.Runnable + (facts.Site?.Waiters ?? 0) < Turns || facts.Active < Turns || facts.Delay < Waiting || facts.SwitchesPerSecondOfRun < ManyWaits || facts.Run * (1 - facts.SystemShare) > Math.Max(1.6, facts.Processors * 0.8) ? null
            : new Pathology(
                PathologyKind.LockThrash, StallCause.NativeLockContention, 0.8, Math.Min(facts.Processors, 0.3 + (facts.Load.Runnable / 10)),
                $"{Readable.Count(facts.Active, "thread")} of {facts.Program} take turns at one lock ({name}): {facts.Together}",
                [
                    $"{Readable.Number(facts.Load.Runnable)} threads at a time wanted a processor and began {Readable.Number(facts.SwitchesPerSecondOfRun)} waits for each second that they ran: threads that compute are taken off their processor, these leave it, to wait for the lock.",
                    $"They were ready without a processor for {Readable.Seconds(facts.Delay * facts.Seconds)} in {Readable.Seconds(facts.Seconds)}, all together.",
                ])
            {
                Advice = Interpreters,
            };

    public static Pathology? Lock(PathologyFacts facts)
    {
        if (facts.Site is not { } site || site.Waiters < Waiting || site.Turns < Turns || site.Turns * 2 < site.Members)
        {
            return null;
        }

        var isHeld = site.Held >= MostlyHeld;
        var isWanted = facts.Run + Math.Min(1, facts.Delay) >= Wanted;
        var confidence = (facts.Kind.InterpreterLock, isHeld) switch
        {
            (_, true) => 0.9,
            ({ }, _) when isWanted => site.Waiters >= 4 ? 0.9 : 0.75,
            (null, _) when isWanted && facts.SystemShare >= KernelPart && facts.SwitchesPerSecondOfRun >= ManySwitches => 0.6,
            _ => 0,
        };
        var name = isHeld || facts.Kind.InterpreterLock is not { } interpreters ? "a native lock" : interpreters;
        return confidence <= 0 ? null : new Pathology(
            PathologyKind.LockThrash, StallCause.NativeLockContention, confidence, Math.Min(facts.Processors, 0.3 + (site.Waiters / 10)),
            $"{Readable.Count(site.Members, "thread")} of {facts.Program} take turns at one lock ({name}): {facts.Together}",
            [
                $"{Readable.Number(site.Waiters)} threads at a time waited at one place (futex 0x{site.Address:x}), {Readable.Count(site.Turns, "thread")} of those seen there also ran{(isHeld ? ", and the place is a lock that threads were seen to hold" : "")}.",
                $"The process began {Readable.Number(facts.Switches)} waits a second and used {Readable.Number(facts.Run)} of {Readable.Count(facts.Processors, "processor")}: more threads get no more done.",
            ])
        {
            Advice = name == "a native lock" ? "Hold the lock for less, or give each thread data of its own." : Interpreters,
        };
    }

    public static Pathology? Spin(PathologyFacts facts) =>
        facts.Run < SmallRun || facts.YieldsPerSecondOfRun < WorkRules.YieldsPerSecond ? null : new Pathology(
            PathologyKind.SpinStorm, StallCause.SpinStorm, 0.85, facts.Run,
            $"{Readable.Count(facts.Active, "thread")} of {facts.Program} yield instead of waiting: {Readable.Number(facts.Yields)} times a second, and {facts.Together}",
            [$"Threads gave up the processor {Readable.Number(facts.YieldsPerSecondOfRun)} times for each second that they ran: looking again is all that they do."]);

    public static Pathology? Library(PathologyFacts facts) =>
        facts.Kind.ThreadLibraries.Count == 0 || facts.Kind.InterpreterLock is not null && facts.Site is { Turns: >= Turns } || facts.Run < SmallRun || facts.SystemShare < KernelPart
        || facts.SwitchesPerSecondOfRun < SwitchStorm || facts.Active <= facts.Processors ? null : new Pathology(
            PathologyKind.LibraryThreads, StallCause.KernelStorm, 0.7, facts.Run * facts.SystemShare,
            $"{Readable.Count(facts.Active, "thread")} of {facts.Program}, with those of {string.Join(", ", facts.Kind.ThreadLibraries)}, wake each other {Readable.Number(facts.Switches)} times a second: {facts.Together}",
            [$"Threads began {Readable.Number(facts.SwitchesPerSecondOfRun)} waits for each second that they ran, and {string.Join(" and ", facts.Kind.ThreadLibraries)} {(facts.Kind.ThreadLibraries.Count == 1 ? "is" : "are")} loaded: such libraries split each call among threads of their own."])
        {
            Advice = "Where the program works on several threads at once, turn the library's own off (cv2.setNumThreads(1), OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1).",
        };

    public static Pathology? Kernel(PathologyFacts facts) =>
        facts.Run < SmallRun || facts.SystemShare < ProcessorRules.MostlyKernel || facts.SwitchesPerSecondOfRun < SwitchStorm || facts.Active < Turns || ProcessorRules.IsMemory(facts.Stall)
        || facts.YieldsPerSecondOfRun >= WorkRules.YieldsPerSecond || facts.Kind.ThreadLibraries.Count > 0 || facts.Site is { Turns: >= Turns, Waiters: >= Waiting } ? null : new Pathology(
            PathologyKind.KernelStorm, StallCause.KernelStorm, 0.65, facts.Run * facts.SystemShare,
            $"{Readable.Count(facts.Active, "thread")} of {facts.Program} wait and wake each other {Readable.Number(facts.Switches)} times a second: {facts.Together}",
            [ProcessorRules.KernelSentence(facts.Stall), $"Threads began {Readable.Number(facts.SwitchesPerSecondOfRun)} waits for each second that they ran."]);
}
