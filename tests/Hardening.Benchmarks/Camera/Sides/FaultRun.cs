using Hardening.Benchmarks.Peers;
using Hardening.Camera;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>
/// One camera has a fault, or what works on its frames; the others shall not notice. Runs without the fault and with it take turns, each with a new pipeline; the fault is there for the middle half of its run.
/// </summary>
internal sealed class FaultRun(Workload workload, CameraFault fault)
{
    private const int Turns = 2;

    private readonly List<long[]> _calm = [];
    private readonly List<long[]> _faulty = [];
    private readonly Dictionary<string, long> _fate = [];
    private string? _wrong;
    private long _othersDone;
    private long _othersDue;

    public static CameraFault? Named(string who) => CameraFault.All.FirstOrDefault(fault => fault.Who == who);

    public async Task<CameraMeasurement> MeasureAsync()
    {
        using var memory = new DriverMemory(workload);
        await RunAsync(memory, isFaulty: false, workload.WarmUp);
        _calm.Clear();
        for (var turn = 0; turn < Turns; turn++)
        {
            await RunAsync(memory, isFaulty: false, workload.Seconds);
            await RunAsync(memory, isFaulty: true, workload.Seconds);
        }

        long[] calm = [.. _calm.SelectMany(part => part).Order()];
        long[] faulty = [.. _faulty.SelectMany(part => part).Order()];
        return new CameraMeasurement
        {
            Frames = faulty.Length,
            Seconds = workload.Seconds * Turns,
            P50 = Percentiles.Of(faulty, 0.5),
            P99 = Percentiles.Of(faulty, 0.99),
            P999 = Percentiles.Of(faulty, 0.999),
            Max = Percentiles.Of(faulty, 1),
            CalmP50 = Percentiles.Of(calm, 0.5),
            CalmP99 = Percentiles.Of(calm, 0.99),
            OthersDone = _othersDone / (double)Math.Max(1, _othersDue),
            Fate = string.Join(", ", _fate.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Key} {entry.Value}")),
            Fingerprint = memory.Fingerprint,
            Wrong = _wrong,
        };
    }

    private async Task RunAsync(DriverMemory memory, bool isFaulty, double seconds)
    {
        var book = new ResultBook(workload with { Seconds = seconds }, memory);
        ModelCamera[] cameras = [.. Enumerable.Range(0, workload.Cameras).Select(number => new ModelCamera(workload, memory, number))];
        using var trouble = new Trouble(seconds);
        var line = new OurLine(workload, cameras, book, fault.NeedsProcesses ? OurWorkers.Processes : OurWorkers.Threads, isFaulty ? fault.Make(trouble) : new OurLineFaults { Configure = fault.Make(trouble).Configure, StageTimeout = fault.Make(trouble).StageTimeout });
        var begin = MonotonicClock.Now;
        await line.StartAsync(begin + 100_000_000);
        var from = MonotonicClock.Now + 200_000_000;
        var until = from + (long)(seconds * 1e9);
        trouble.Begin(from);
        book.Count(from, until);
        while (MonotonicClock.Now < until)
        {
            MonotonicClock.SleepUntil(Math.Min(until, MonotonicClock.Now + 50_000_000));
            _wrong ??= OurLine.Unbalanced(line.Statistics, atEnd: false);
        }

        trouble.End();
        await line.StopAsync();
        var statistics = line.Statistics;
        _wrong ??= OurLine.Unbalanced(statistics, atEnd: true) ?? (book.Wrong > 0 ? $"{book.Wrong} results are wrong" : book.OutOfOrder > 0 ? $"{book.OutOfOrder} results are out of order" : null);
        (isFaulty ? _faulty : _calm).Add(book.Latencies(camera => camera != OurLineFaults.Camera));
        if (isFaulty)
        {
            Keep(statistics, cameras);
        }
    }

    private void Keep(FramePipelineStatistics statistics, ModelCamera[] cameras)
    {
        for (var camera = 0; camera < cameras.Length; camera++)
        {
            var books = statistics.Cameras[camera];
            if (camera != OurLineFaults.Camera)
            {
                _othersDone += books.Processed;
                _othersDue += books.Received + cameras[camera].Lost;
                continue;
            }

            Count("done", books.Processed);
            foreach (var drops in books.Drops)
            {
                Count($"{drops.Reason}", drops.Count);
            }

            Count("reconnects", books.Reconnects);
            Count("outages", books.Outages);
        }
    }

    private void Count(string what, long count)
    {
        if (count > 0)
        {
            _fate[what] = _fate.GetValueOrDefault(what) + count;
        }
    }
}
