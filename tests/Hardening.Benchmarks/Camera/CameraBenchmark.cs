using System.CommandLine;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Camera;

/// <summary>What frames cost on their way from drivers to results, and how late they are: in our pipeline, in what people use instead, and with nothing in between.</summary>
internal sealed class CameraBenchmark : Benchmark
{
    private const int UsualRounds = 3;

    private readonly Option<string[]> _pythons = new("--python") { Description = "A Python interpreter that takes part; may be given several times. Default: python2.7 and python3.", HelpName = "FILE" };
    private readonly Option<string[]> _only = new("--only") { Description = "Measures these cases alone: paced, sync, fast, overload, faults, growth; may be given several times.", HelpName = "CASE" };
    private readonly Option<bool> _withoutPeers = new("--without-peers") { Description = "Measures ours and the floors alone." };
    private readonly Option<bool> _realTime = new("--realtime") { Description = "Runs everyone whose latency counts with chrt -r 1, before the other work of the machine. Needs the right to do so." };
    private readonly TimeProvider _time;
    private readonly List<string> _wrong = [];
    private readonly List<string> _missing = [];
    private readonly List<string> _remarks = [];

    public CameraBenchmark(TimeProvider time)
        : base("camera", "What frames cost on their way from cameras to results, and how late they are, beside other ways; under overload, with faults, with many cameras.", time)
    {
        _time = time;
        _only.AcceptOnlyFromAmong([.. CameraCase.Groups]);
        Command.Add(_pythons);
        Command.Add(_only);
        Command.Add(_withoutPeers);
        Command.Add(_realTime);
    }

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("what a program uses is counted on Linux alone", isBadInput: true);
        }

        _remarks.Add($"load average before: {(await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0]}, on {Environment.ProcessorCount} cores");
        if (arguments.GetValue(_realTime))
        {
            _remarks.Add("with chrt -r 1, but for what runs as fast as possible or is overloaded");
        }

        using var native = new NativePeers(_time, _missing);
        var withPeers = !arguments.GetValue(_withoutPeers);
        if (withPeers)
        {
            await native.FindAsync(arguments.GetValue(_pythons) is { Length: > 0 } given ? given : ["python2.7", "python3"], stop);
        }

        var only = arguments.GetValue(_only) ?? [];
        var runs = new CameraRuns(_time, arguments.GetValue(_realTime), _missing, _wrong);

        // One case after the other in each round: who is compared runs close together.
        var contenders = CameraCase.All(settings.Short).Where(what => only.Length == 0 || only.Contains(what.Group))
            .SelectMany(what => CameraContender.OfThisProgram(what, withPeers).Concat(native.Of(what)));
        await Rounds.MeasureAsync([.. contenders.Select(runs.Of)], settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: 0, settings.Progress, stop);
        runs.CompareFrames();
        _remarks.Add($"load average after: {(await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0]}");
        var figures = runs.Figures();
        return new Report("camera", figures, CameraTables.Of(figures), CameraGoals.Of(figures), _missing, _remarks, _wrong);
    }
}
