using System.CommandLine;
using System.Globalization;
using Hardening.Benchmarks.Measuring;
using Hardening.Stalls;
using Spectre.Console;

namespace Hardening.Benchmarks.Stalls;

/// <summary>What it costs to watch for stalls: a sample, beside others who could take one, and the whole watchdog.</summary>
internal sealed class StallsBenchmark(TimeProvider time) : Benchmark("stalls", "What it costs to watch for stalls: a sample of 20, 200 and 1,000 threads, and the whole watchdog.", time)
{
    private const int UsualRounds = 5;
    private const int UsualSamples = 25;
    private const int SamplesPerSecond = 5; // the watchdog's default: every 200 ms
    private const double MicrosecondsPerSecond = 1e6;
    private const double MostOfCore = 0.5; // %, with 200 threads
    private const int GoalThreads = 200;
    private const string WatchdogThreads = "stall-";
    private const string Watchdog = "the whole watchdog";
    private const string PartOfWatchdog = "part of it: ";

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20); // other work comes in between, as it would
    private static readonly TimeSpan WatchdogRuns = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(int Threads, string Name), List<Cost>> _costs = [];
    private readonly List<string> _wrong = [];

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("threads are measured on Linux alone", isBadInput: true);
        }

        var load = (await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0];
        foreach (var threads in settings.Short ? (int[])[20, GoalThreads] : [20, GoalThreads, 1000])
        {
            using var crowd = new Crowd(threads);
            using var contenders = new SamplerContenders();
            List<Contender> all = [.. contenders.All.Select(contender => new Contender($"{contender.Name}, {threads} threads", _ => Measure(threads, contender.Name, contender.Take, settings)))];
            all.Add(new Contender($"{Watchdog}, {threads} threads", stop => WatchAsync(threads, settings, stop)));
            await Rounds.MeasureAsync(all, settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: 1, settings.Progress, stop);
            if (contenders.Omitted > 0)
            {
                _wrong.Add($"{contenders.Omitted} of {threads} threads were left out");
            }
        }

        return Tell(load);
    }

    // On a thread of its own, as samplers are: the pool's threads come and go.
    private Task<Sample> Measure(int threads, string name, Action take, BenchmarkSettings settings)
    {
        var samples = settings.Short ? 5 : UsualSamples;
        var costs = new List<double>(samples);
        var bytes = 0L;
        var thread = new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            take();
            for (var i = 0; i < samples; i++)
            {
                never.Wait(Between);
                var (cpu, allocated) = (ThreadCpu.Microseconds, GC.GetAllocatedBytesForCurrentThread());
                take();
                costs.Add(ThreadCpu.Microseconds - cpu);
                bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            }
        });
        thread.Start();
        if (!thread.Join(Limit))
        {
            throw new BenchmarkException($"{name} does not come to an end");
        }

        if (name is SamplerContenders.Ours or SamplerContenders.OursDeep && bytes > 0)
        {
            _wrong.Add($"{name} allocates {bytes} bytes in {samples} samples");
        }

        return Task.FromResult(Keep(threads, name, new Cost(Series.Median(costs), bytes / (double)samples)));
    }

    // All of its threads: the sampler, the aide, the canary, and who waits for stalls.
    private async Task<Sample> WatchAsync(int threads, BenchmarkSettings settings, CancellationToken stop)
    {
        using var watchdog = new StallWatchdog();
        using var heartbeat = watchdog.Track("benchmark", TimeSpan.FromHours(1));
        watchdog.Start();
        heartbeat.Beat();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, stop); // opens what there is
        var lasts = settings.Short ? WatchdogRuns / 4 : WatchdogRuns;
        var (cpu, begin) = (ThreadCpu.MicrosecondsOf(WatchdogThreads), TimeProvider.System.GetTimestamp());
        await Task.Delay(lasts, TimeProvider.System, stop);
        var used = ThreadCpu.MicrosecondsOf(WatchdogThreads);
        var samples = TimeProvider.System.GetElapsedTime(begin).TotalSeconds * SamplesPerSecond;
        foreach (var (name, before) in cpu)
        {
            Keep(threads, $"{PartOfWatchdog}{name}", new Cost((used.GetValueOrDefault(name) - before) / samples, double.NaN));
        }

        return Keep(threads, Watchdog, new Cost((used.Values.Sum() - cpu.Values.Sum()) / samples, double.NaN));
    }

    private Sample Keep(int threads, string name, Cost cost)
    {
        if (!_costs.TryGetValue((threads, name), out var costs))
        {
            _costs.Add((threads, name), costs = []);
        }

        costs.Add(cost);
        return new Sample(TimeSpan.FromMicroseconds(cost.Microseconds), TimeSpan.FromMicroseconds(cost.Microseconds));
    }

    private Report Tell(string load)
    {
        List<SampleFigures> figures =
        [
            .. _costs.Select(entry => new SampleFigures(
                entry.Key.Threads, entry.Key.Name, Series.Median(entry.Value.Skip(1).Select(cost => cost.Microseconds)),
                double.IsNaN(entry.Value[0].Bytes) ? null : Series.Median(entry.Value.Skip(1).Select(cost => cost.Bytes)))),
        ];
        var table = new Table().AddColumn("threads", Right).AddColumn("who").AddColumn("CPU µs a sample", Right).AddColumn("% of a core at 200 ms", Right).AddColumn("bytes a sample", Right);
        foreach (var row in figures)
        {
            table.AddRow(Text(row.Threads, "#,0"), Markup.Escape(row.Name), Text(row.Microseconds, "#,0"), Text(row.PercentOfCore, "0.00"), row.Bytes is { } bytes ? Text(bytes, "#,0") : "");
        }

        List<Goal> goals =
        [
            .. figures.Where(row => row is { Threads: GoalThreads, Name: SamplerContenders.Ours or Watchdog }).Select(row => new Goal($"{row.Name}, {row.Threads} threads: share of one core", MostOfCore, row.PercentOfCore, "0.00 '%'")),
            .. figures.Where(row => row is { Name: SamplerContenders.Ours or SamplerContenders.OursDeep }).Select(row => new Goal($"{row.Name}, {row.Threads} threads: bytes a sample", 0, row.Bytes!.Value, "0")),
        ];
        return new Report("stalls", figures, [("a sample, medians of rounds", table)], goals, [], [$"load average before: {load}, on {Environment.ProcessorCount} cores"], _wrong);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Right(TableColumn column) => column.RightAligned();

    private readonly record struct Cost(double Microseconds, double Bytes);

    /// <param name="Threads">Of the application.</param>
    /// <param name="Name">Who takes samples.</param>
    /// <param name="Microseconds">CPU time a sample; of the watchdog, that of all its threads in 200 ms.</param>
    /// <param name="Bytes">Managed memory a sample; null where it was not measured.</param>
    private sealed record SampleFigures(int Threads, string Name, double Microseconds, double? Bytes)
    {
        public double PercentOfCore => Microseconds * SamplesPerSecond / MicrosecondsPerSecond * 100;
    }
}
