using System.Runtime;
using Hardening.Benchmarks.Peers;
using Hardening.Benchmarks.Pool.Sides;
using Hardening.Processes;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>One line at work: a first part that does not count, then the time that does, whose ends are told to whoever counts CPU time from outside.</summary>
internal sealed class LineRun(Workload workload, Func<Workload, ModelCamera[], ResultBook, ICameraLine> make)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private const long StartTime = 300_000_000; // until the first frame is due

    public async Task<CameraMeasurement> MeasureAsync()
    {
        using var memory = new DriverMemory(workload);
        var book = new ResultBook(workload, memory);
        ModelCamera[] cameras = [.. Enumerable.Range(0, workload.Cameras).Select(number => new ModelCamera(workload, memory, number))];
        var line = make(workload, cameras, book);
        await line.StartAsync(MonotonicClock.Now + StartTime);
        MonotonicClock.SleepUntil(MonotonicClock.Now + StartTime + (long)(workload.WarmUp * 1e9));

        await TellAsync(FormattableString.Invariant($"begin {ProcessTree.Status.SupervisorId}"));
        var before = Tally.Now(line, book, cameras);
        var managedBefore = Managed.Now();
        book.Count(before.Time, before.Time + (long)(workload.Seconds * 1e9));
        MonotonicClock.SleepUntil(before.Time + (long)(workload.Seconds * 1e9));
        var managed = Managed.Now() - managedBefore; // without what the counting itself needs
        var after = Tally.Now(line, book, cameras);
        await TellAsync("end");
        await Console.In.ReadLineAsync().WaitAsync(AnswerLimit, TimeProvider.System);

        var threads = ThreadCount();
        var stopping = MonotonicClock.Now;
        await line.StopAsync();
        var stopped = MonotonicClock.Now - stopping;
        var latencies = book.Latencies(_ => true);
        var measured = new CameraMeasurement
        {
            Frames = after.Done - before.Done,
            Seconds = (after.Time - before.Time) / 1e9,
            CpuSeconds = (after.Cpu - before.Cpu).TotalSeconds,
            P50 = Percentiles.Of(latencies, 0.5),
            P99 = Percentiles.Of(latencies, 0.99),
            P999 = Percentiles.Of(latencies, 0.999),
            Max = Percentiles.Of(latencies, 1),
            Dropped = after.Dropped - before.Dropped,
            DriverLost = after.Lost - before.Lost,
            OutOfOrder = book.OutOfOrder,
            Managed = managed.Bytes / (double)Math.Max(1, after.Done - before.Done),
            Compiling = managed.Compiling.TotalMilliseconds / Math.Max(1, after.Done - before.Done),
            Gen0 = managed.Gen0,
            Gen1 = managed.Gen1,
            Gen2 = managed.Gen2,
            Each = [.. after.Each.Zip(before.Each, (last, first) => last - first)],
            Threads = threads,
            StopSeconds = stopped / 1e9,
            Fingerprint = memory.Fingerprint,
            Wrong = Mistake(line, book, cameras),
        };
        (line as IDisposable)?.Dispose();
        return measured;
    }

    public static int ThreadCount() => Directory.GetDirectories("/proc/self/task").Length;

    private static string? Mistake(ICameraLine line, ResultBook book, ModelCamera[] cameras)
    {
        if (book.Wrong > 0)
        {
            return $"{book.Wrong} results are wrong";
        }

        if (line.Taken != book.Done + line.Dropped)
        {
            return $"{line.Taken} frames came, {book.Done} are done and {line.Dropped} dropped";
        }

        if (line is not OurLine ours)
        {
            return null; // that others do not keep the order is told, and no mistake of ours
        }

        var lost = (Counted: ours.Statistics.Cameras.Sum(camera => camera.Lost), Real: cameras.Sum(camera => camera.Lost));
        return book.OutOfOrder > 0 ? $"{book.OutOfOrder} results are out of order"
            : lost.Counted != lost.Real ? $"{lost.Real} frames were lost in the drivers, and {lost.Counted} are counted"
            : OurLine.Unbalanced(ours.Statistics, atEnd: true);
    }

    private static async Task TellAsync(string what)
    {
        await Console.Out.WriteLineAsync(what);
        await Console.Out.FlushAsync();
    }

    // What there is at one moment.
    private sealed record Tally(long Time, TimeSpan Cpu, long Done, long Dropped, long Lost, long[] Each)
    {
        public static Tally Now(ICameraLine line, ResultBook book, ModelCamera[] cameras)
        {
            var (dropped, lost) = (line.Dropped, cameras.Sum(camera => camera.Lost));
            long[] each = [.. cameras.Select(camera => book.DoneOf(camera.Number))];
            return new(MonotonicClock.Now, TreeCpu.Now(), each.Sum(), dropped, lost, each);
        }
    }

    private readonly record struct Managed(long Bytes, TimeSpan Compiling, int Gen0, int Gen1, int Gen2)
    {
        public static Managed operator -(Managed after, Managed before) => new(after.Bytes - before.Bytes, after.Compiling - before.Compiling, after.Gen0 - before.Gen0, after.Gen1 - before.Gen1, after.Gen2 - before.Gen2);

        public static Managed Now() => new(GC.GetTotalAllocatedBytes(precise: true), JitInfo.GetCompilationTime(), GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2));
    }
}

internal static class Percentiles
{
    /// <summary>Of sorted nanoseconds, in microseconds; null when there are none.</summary>
    public static double? Of(long[] sorted, double share) => sorted.Length == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * share) - 1, 0, sorted.Length - 1)] / 1000.0;
}
