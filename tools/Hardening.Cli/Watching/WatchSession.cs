using System.Runtime.InteropServices;
using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>Watches one process until it ends, the time is up, or the user has seen enough.</summary>
internal sealed class WatchSession : IDisposable
{
    private const int MaxThreads = 15; // that are told

    private readonly WatchTarget _target;
    private readonly WatchOptions _options;
    private readonly TimeProvider _time;
    private readonly ProcFile _stat;
    private readonly byte[] _text = new byte[4096];
    private readonly FutexPeek _peek;
    private readonly StallSampler _sampler;
    private readonly DotnetEye? _dotnet;
    private readonly WatchReports? _reports;
    private readonly LookPlan _plan;
    private readonly int _processors;

    /// <exception cref="CommandFailedException">The process is gone, or is another one by now.</exception>
    public WatchSession(WatchTarget target, WatchOptions options, TimeProvider time, DotnetEye? dotnet = null)
    {
        (_target, _options, _time, _dotnet) = (target, options, time, dotnet);
        var directory = new ProcessDirectory(target.Id);
        _processors = CountProcessors(directory.Status("Cpus_allowed"));
        _reports = options.ReportDirectory is { } reports ? new WatchReports(reports, time) : null;
        _plan = new LookPlan(options.Interval);
        _stat = new ProcFile($"/proc/{target.Id}/stat");
        _peek = new FutexPeek(target.Id);
        _sampler = new StallSampler(new ProcSampler(target.Id, time), new HostSampler(target.Id), (IRuntimeSampler?)dotnet ?? new SilentRuntime(), time, options.Interval);

        // What was opened stays with the process that it was opened of; whether that is the one that was found is asked after it.
        if (directory.Stat() is not { } now || now.StartTicks != target.StartTicks)
        {
            Dispose();
            throw new CommandFailedException($"Process {target.Id} ('{target.Name}') ended before it could be watched");
        }

        var subject = new StallSubject
        {
            ProcessId = target.Id,
            Name = target.Name,
            Host = Environment.MachineName,
            Processors = _processors,
            System = RuntimeInformation.OSDescription,
            Runtime = target.Kind.Runtime,
        };
        Analysis = new WatchAnalysis(target, options, _sampler, _peek, dotnet, subject, _reports, time) { WantStacks = dotnet is null ? null : dotnet.WantStacks };
    }

    public WatchAnalysis Analysis { get; }

    public WatchTarget Target => _target;

    public int Processors => _processors;

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The last second, for a view.</summary>
    public IReadOnlyList<WindowSample> Recent => _sampler.Copy(_sampler.LastTime - 1_000_000_000, _sampler.LastTime);

    public IReadOnlyList<string> WaitChannels => _sampler.WaitChannels;

    public IReadOnlyDictionary<int, string> ThreadNames => _sampler.ThreadNames;

    /// <summary>Watches on a thread of its own: one that is late sees little.</summary>
    /// <param name="look">Called after each sample, by that thread.</param>
    /// <param name="stop">Ends the watch; that is no failure.</param>
    public Task<WatchResult> RunAsync(Action<WatchSession> look, CancellationToken stop)
    {
        var done = new TaskCompletionSource<WatchResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                SamplingThread.BeUrgent();
                done.SetResult(Run(look, stop));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }) { Name = "watch", IsBackground = true };
        thread.Start();
        return done.Task;
    }

    private WatchResult Run(Action<WatchSession> look, CancellationToken stop)
    {
        var begin = _time.GetTimestamp();
        var cost = Environment.CpuUsage.TotalTime;
        var end = WatchEnd.TimeIsUp;
        for (var turn = 1L; ; turn++)
        {
            Elapsed = _time.GetElapsedTime(begin);
            if (_options.For is { } limit && Elapsed >= limit)
            {
                break;
            }

            // What was missed is not made up for.
            turn = Math.Max(turn, (long)(Elapsed / _options.Interval));
            if (stop.WaitHandle.WaitOne(Max(TimeSpan.Zero, (_options.Interval * turn) - Elapsed)))
            {
                end = WatchEnd.Cancelled;
                break;
            }

            if (HasEnded())
            {
                end = WatchEnd.ProcessEnded;
                break;
            }

            _sampler.Take([], _plan.IsDeep(Analysis.Ledger.MostThreads));
            _dotnet?.Deliver();
            Analysis.Take();
            Elapsed = _time.GetElapsedTime(begin);
            look(this);
        }

        Elapsed = _time.GetElapsedTime(begin);
        Analysis.Finish();
        _dotnet?.DeliverLast();
        return Result(end, (Environment.CpuUsage.TotalTime - cost) / Elapsed);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    public void Dispose()
    {
        _sampler.Dispose();
        _peek.Dispose();
        _stat.Dispose();
    }

    // The descriptor is of the process that it was opened of, whoever has its number now. Its first thread may end before the others.
    private bool HasEnded() => ProcStat.Parse(_stat.Read(_text), out _) is var stat && (stat.State is '\0' or 'X' || (stat.State == 'Z' && stat.Threads <= 1));

    private static int CountProcessors(string mask)
    {
        var count = mask.Where(char.IsAsciiHexDigit).Sum(digit => int.PopCount(Convert.ToInt32(digit.ToString(), 16)));
        return count > 0 ? Math.Min(count, Math.Max(1, OnlineProcessors())) : Environment.ProcessorCount;
    }

    // A mask may allow processors that the machine has not.
    private static int OnlineProcessors() => File.ReadLines("/proc/stat").Count(line => line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]));

    private WatchResult Result(WatchEnd end, double cost)
    {
        var (ledger, channels) = (Analysis.Ledger, WaitChannels);
        List<string> missing = [.. Analysis.Missing, .. _dotnet?.Missing ?? []];
        if (ledger.Incomplete * 2 > ledger.Samples)
        {
            missing.Add($"In {ledger.Incomplete} of {ledger.Samples} looks not all threads could be read, up to {ledger.MostOmitted} of them: there are more than fit, or they live shortly.");
        }

        if (_options.Detail != WatchDetail.None && !_target.Kind.IsDotnet)
        {
            missing.Add($"--detail {Name(_options.Detail)} asks the runtime of .NET, and {_target.Name} does not run on it, as far as can be seen: nothing but /proc was read.");
        }

        missing.AddRange(_reports?.Failure is { } failure ? [failure] : []);
        var begin = _time.Nanoseconds - (long)Elapsed.TotalNanoseconds;
        return new WatchResult
        {
            Format = "hardening.watch/1",
            Process = new WatchedProcess(_target.Id, _target.Name, _target.CommandLine, _target.User, _processors, _target.Kind.IsDotnet, _target.Kind.InterpreterLock, _target.Kind.ThreadLibraries),
            Duration = Round(Elapsed.TotalSeconds),
            Samples = ledger.Samples,
            End = end,
            Totals = new WatchTotals(Round(ledger.UserSeconds), Round(ledger.SystemSeconds), Round(ledger.DelaySeconds), Round(ledger.ChildrenSeconds), ledger.MinorFaults, ledger.MajorFaults, ledger.Switches, ledger.MostThreads, ledger.MostChildren),
            Stalls =
            [
                .. Analysis.Stalls.Where(stall => stall.Report is not null).Select(stall => new WatchedStall(
                    Round(Math.Max(0, (stall.Start - begin) * 1e-9)), Round((stall.End - stall.Start) * 1e-9), stall.HasEnded, stall.Report!.Verdict.Cause, stall.Report.Verdict.Confidence,
                    TargetFinder.Plain(stall.Report.Headline), stall.Threads.Count, stall.Report.Verdict.Evidence, stall.Report.Advice, stall.Report.Id)),
            ],
            States =
            [
                .. Analysis.Episodes.Where(episode => episode.Report is not null).Select(episode => new WatchedState(
                    episode.Kind, episode.Worst.Cause, episode.Worst.Confidence, Round(Math.Min(episode.Lasted * 1e-9, Elapsed.TotalSeconds)), TargetFinder.Plain(episode.Report!.Headline), episode.Worst.Evidence, episode.Report.Advice, episode.Report.Id)),
            ],
            Silent = [.. Analysis.Silent.Select(thread => new SilentThread(thread.ThreadId, ThreadNames.GetValueOrDefault(thread.ThreadId) is { } name ? TargetFinder.Plain(name) : "", Round((_sampler.LastTime - thread.Since) * 1e-9)))],
            Threads =
            [
                .. ledger.Threads.Take(MaxThreads).Select(thread => new WatchedThread(
                    thread.Id, thread.Name, thread.UserTicks * 0.01, thread.SystemTicks * 0.01, Round(thread.RunTime * 1e-9), Round(thread.RunDelay * 1e-9), thread.Switches, thread.Last.State == '\0' ? "" : thread.Last.State.ToString(), thread.Last.State == 'R' ? "" : ThreadLedger.Waits(thread.Last, channels))),
            ],
            Missing = missing,
            Reports = _reports?.Files ?? [],
            OwnCost = Math.Round(cost, 4),
        };
    }

    private static string Name(WatchDetail detail) => detail == WatchDetail.Stacks ? "stacks" : "counters";

    private static double Round(double value) => Math.Round(value, 3);
}
