using System.CommandLine;
using System.Globalization;
using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Stalls;
using Hardening.Camera;
using Hardening.Pool;
using Spectre.Console;

namespace Hardening.Benchmarks.Tracing;

/// <summary>What traces cost a frame and a job: while nobody listens, and with one of a hundred sampled, and all.</summary>
internal sealed class TracingBenchmark(TimeProvider time) : Benchmark("tracing", "What traces cost a frame and a job: while nobody listens, with 1 % sampled, with all.", time)
{
    private const int UsualRounds = 7;
    private const int Frames = 200_000;
    private const int Jobs = 50_000;
    private const int Looks = 20_000_000;
    private const int ShortDivisor = 50;
    private const double MostOfLooks = 50; // ns a frame: far below what can be seen of one
    private const double NanosecondsPerSecond = 1e9;
    private const string LooksAlone = "looks whether somebody listens";
    private const string FrameName = "frame: a stage and a sink on the camera's thread";
    private const string JobName = "job: echo by a worker of .NET, one after the other";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time = time;
    private readonly List<string> _wrong = [];

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        var divisor = settings.Short ? ShortDivisor : 1;
        List<(string Subject, Contender Contender, int Count)> all = [(LooksAlone, new Contender(LooksAlone, _ => Task.FromResult(Look(Looks / divisor))), Looks / divisor)];
        await using var plain = new ProcessPool("plain", WorkerCommand.ThisApplication<EchoWorker>(), new ProcessPoolOptions { Workers = 1, SpareWorkers = 0 });
        await using var listening = new ProcessPool("listening", WorkerCommand.ThisApplication<ListeningWorker>(), new ProcessPoolOptions { Workers = 1, SpareWorkers = 0 });
        await plain.StartAsync(stop);
        await listening.StartAsync(stop);
        foreach (var (name, share) in (ReadOnlySpan<(string, double?)>)[("nobody listens", null), ("none sampled", 0), ("1 % sampled", 0.01), ("all sampled", 1)])
        {
            all.Add((FrameName, new Contender($"frame, {name}", token => FrameAsync(Frames / divisor, share, token)), Frames / divisor));
            all.Add((JobName, new Contender($"job, {name}", _ => Task.FromResult(Job(share is null ? plain : listening, Jobs / divisor, share))), Jobs / divisor));
        }

        var series = await Rounds.MeasureAsync([.. all.Select(one => one.Contender)], settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: 1, settings.Progress, stop);
        return Tell([.. all.Zip(series, (one, taken) => new TraceFigures(one.Subject, taken.Name, taken.Seconds / one.Count * NanosecondsPerSecond, taken.CpuSeconds / one.Count * NanosecondsPerSecond))]);
    }

    // What a frame with a stage and a sink looks at: whether somebody listens, and three times whether it has a span.
    private Sample Look(int count)
    {
        using var pool = new FramePool(1, 4096);
        var ledger = new FrameLedger("camera", ["capture"], _time);
        var tracing = new FrameTracing("benchmark", _time, [ledger]);
        var name = new FrameStepName("stage", "benchmark", [ledger]);
        tracing.Prepare(pool);
        _ = pool.TryRent("benchmark", out var buffer);
        var info = new FrameInfo { Camera = "camera", Sequence = 0, HostTimestamp = _time.GetTimestamp(), Width = 1, Height = 1, Stride = 1, Length = 1, PixelFormat = PixelFormat.Mono8 };
        using var lease = buffer.Publish(info);
        var (start, cpu) = (_time.GetTimestamp(), ThreadCpu.Microseconds);
        for (var i = 0; i < count; i++)
        {
            _ = tracing.Begin(0, info);
            tracing.BeginStep(lease, name, 0, TimeSpan.Zero).End();
            tracing.BeginStep(lease, name, 0).End();
            _ = tracing.Take(lease);
        }

        return new Sample(_time.GetElapsedTime(start), TimeSpan.FromMicroseconds(ThreadCpu.Microseconds - cpu));
    }

    private async Task<Sample> FrameAsync(int count, double? share, CancellationToken stop)
    {
        using var listener = SpanCount.Listen(share);
        var builder = new FramePipelineBuilder("benchmark");
        await using var pipeline = builder
            .FromSynthetic(new SyntheticFrameSourceOptions { Name = "camera", Width = 64, Height = 64, FrameRate = null, Frames = count })
            .Stage("look", (in _, _) => { }, new FrameStageOptions { Workers = 0 })
            .To("count", (in _, _) => { })
            .Build();
        var (start, cpu) = (_time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await pipeline.StartAsync(stop);
        await pipeline.Completion.WaitAsync(Limit, _time, stop);
        var sample = new Sample(_time.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu);
        Check(pipeline.GetStatistics().Cameras.Sum(camera => camera.Processed) == count, $"not each of {count} frames was processed");
        Check(listener is null || IsNear(listener.Stopped, 3.0 * count * share!.Value), $"{listener?.Stopped} spans of {count} frames were sampled, at {share:P0}");
        return sample;
    }

    private Sample Job(ProcessPool pool, int count, double? share)
    {
        using var listener = SpanCount.Listen(share);
        byte[] request = [1, 2, 3, 4, 5, 6, 7, 8];
        var (start, cpu) = (_time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < count; i++)
        {
            using var result = pool.Run(request);
        }

        var sample = new Sample(_time.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu);
        Check(listener is null || IsNear(listener.Stopped, count * share!.Value), $"{listener?.Stopped} spans of {count} jobs were sampled, at {share:P0}");
        return sample;
    }

    // Chance decides which: ten standard deviations of it.
    private static bool IsNear(long found, double expected) => Math.Abs(found - expected) <= 30 * Math.Sqrt(expected + 1);

    private void Check(bool isRight, string otherwise)
    {
        if (!isRight)
        {
            _wrong.Add(otherwise);
        }
    }

    private Report Tell(IReadOnlyList<TraceFigures> figures)
    {
        var table = new Table().AddColumn("what").AddColumn("who").AddColumn("ns", Right).AddColumn("CPU ns", Right);
        foreach (var row in figures)
        {
            table.AddRow(row.Subject, Markup.Escape(row.Name), Text(row.Nanoseconds), row.CpuNanoseconds is { } cpu ? Text(cpu) : "");
        }

        return new Report(
            "tracing", figures, [("each, medians of rounds", table)],
            [new Goal("a frame's looks while nobody listens", MostOfLooks, figures.Single(row => row.Subject == LooksAlone).Nanoseconds, "0.0 'ns'")],
            [], ["a listener that counts, and exports nothing; CPU time is that of the application, without its worker"], _wrong);
    }

    private static string Text(double value) => value.ToString("#,0.0", CultureInfo.InvariantCulture);

    private static void Right(TableColumn column) => column.RightAligned();

    /// <param name="Subject">A frame, or a job.</param>
    /// <param name="Name">With which listener.</param>
    /// <param name="Nanoseconds">Of each.</param>
    /// <param name="CpuNanoseconds">The same in CPU time.</param>
    private sealed record TraceFigures(string Subject, string Name, double Nanoseconds, double? CpuNanoseconds);
}
