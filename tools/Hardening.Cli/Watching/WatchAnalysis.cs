using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>Takes each sample as it comes: adds up, finds what stands still and what ails the process, and has reports made of both.</summary>
internal sealed class WatchAnalysis
{
    private const int Crowd = 3; // threads at one place: worth a look whether a lock is there
    private const int PeeksPerSample = 4;
    private static readonly long s_every = (long)TimeSpan.FromSeconds(1).TotalNanoseconds;
    private static readonly long s_window = (long)TimeSpan.FromSeconds(3).TotalNanoseconds;
    private static readonly long s_least = (long)TimeSpan.FromSeconds(1.5).TotalNanoseconds;

    private readonly WatchTarget _target;
    private readonly StallSampler _sampler;
    private readonly IFutexOwners _owners;
    private readonly StallFinder _finder;
    private readonly WatchWindows _windows;
    private readonly WatchVerdicts _verdicts;
    private readonly WatchReports? _reports;
    private readonly TimeProvider _time;
    private readonly EpisodeBook _episodes = new();
    private (ThreadStackCapture Capture, long At)? _capture;
    private HashSet<int> _silent = [];
    private long _first;
    private long _lastSample;
    private long _lastLook;
    private int _number = 1000; // of reports of states, apart from those of stalls

    public WatchAnalysis(WatchTarget target, WatchOptions options, StallSampler sampler, IFutexOwners owners, ILockWaits? locks, StallSubject subject, WatchReports? reports, TimeProvider time)
    {
        (_target, _sampler, _owners, _reports, _time) = (target, sampler, owners, reports, time);
        _finder = new StallFinder(options.StallAfter, owners, locks, target.Kind.InterpreterLock is not null);
        _windows = new WatchWindows(sampler, locks, subject.Processors, options.Interval, options.StallAfter);
        _verdicts = new WatchVerdicts(subject, target.Kind);
    }

    public ThreadLedger Ledger { get; } = new();

    public IReadOnlyList<OutsideStall> Stalls => _finder.All;

    public IReadOnlyList<Episode> Episodes => _episodes.All;

    public IEnumerable<(int ThreadId, long Since)> Silent => _finder.Silent;

    /// <summary>What is not known, and why.</summary>
    public IReadOnlyList<string> Missing => [.. _target.Missing.Concat(_target.Missing.Count > 0 ? _sampler.Missing.Where(sentence => !sentence.Contains("system calls", StringComparison.Ordinal)) : _sampler.Missing).Distinct()];

    /// <summary>Wants the threads' stacks, for a stall or a state that has just been noticed; null: nobody takes them.</summary>
    public Action<Action<ThreadStackCapture>>? WantStacks { get; set; }

    /// <summary>Takes what was measured since the last call.</summary>
    public void Take()
    {
        var now = _sampler.LastTime;
        foreach (var sample in _sampler.Copy(_lastSample + 1, now))
        {
            _first = _first == 0 ? sample.Sample.Time - sample.Sample.Interval : _first;
            _lastSample = sample.Sample.Time;
            Ledger.Add(sample);
            Peek(sample);
            var (noticed, ended) = _finder.Add(sample);
            foreach (var stall in noticed)
            {
                stall.Stacks = _capture is var (last, at) && at >= stall.Start ? last : null;
                Report(stall);
                if (stall.Stacks is null)
                {
                    WantStacks?.Invoke(capture => Attach(stall, capture));
                }
            }

            foreach (var stall in ended)
            {
                Report(stall);
                stall.Forget();
            }
        }

        if (now - Math.Max(_first, _lastLook) >= (_lastLook == 0 ? s_least : s_every))
        {
            Look(now);
        }
    }

    /// <summary>The watch is over: what lasts is told as it stands.</summary>
    public void Finish()
    {
        if (_first != 0 && _lastSample - Math.Max(_first, _lastLook) >= s_every / 3)
        {
            Look(_lastSample);
        }

        Ledger.Name(_sampler.ThreadNames);
        foreach (var stall in _finder.Open.ToList())
        {
            Report(stall);
        }

        foreach (var episode in _episodes.All)
        {
            Write(episode);
        }
    }

    private void Look(long now)
    {
        var from = Math.Max(_first, now - s_window);
        var window = _windows.Of(from, now);
        foreach (var episode in _episodes.Note(PathologyClassifier.Classify(window, _target.Name, _target.Kind), _lastLook == 0 ? from : Math.Max(from, _lastLook), now))
        {
            var isNew = episode.Report is null;
            episode.Window = window with { Stacks = episode.Window?.Stacks };
            episode.Number = isNew ? _number++ : episode.Number;
            Report(episode);
            if (isNew)
            {
                Write(episode);
                WantStacks?.Invoke(capture => Attach(episode, capture));
            }
        }

        Ledger.Name(_sampler.ThreadNames);
        LookInside();
        _lastLook = now;
    }

    // Locks of .NET that were waited for before anybody listened are seen in stacks alone: once at first, and when threads fall silent.
    private void LookInside()
    {
        var silent = _finder.Silent.Select(thread => thread.ThreadId).ToHashSet();
        if (WantStacks is { } want && (_capture is null || silent.Except(_silent).Any()))
        {
            want(Keep);
        }

        _silent = silent;
    }

    private void Keep(ThreadStackCapture capture)
    {
        _capture = (capture, _lastSample);
        _finder.NoteHeld(capture.Locks, _lastSample);
    }

    private void Attach(OutsideStall stall, ThreadStackCapture capture)
    {
        Keep(capture);
        if (stall.HasEnded)
        {
            return; // its stacks came too late to be of it
        }

        stall.Stacks = capture;
        Report(stall);
    }

    private void Attach(Episode episode, ThreadStackCapture capture)
    {
        Keep(capture);
        episode.Window = episode.Window! with { Stacks = capture };
        Report(episode);
        Write(episode);
    }

    private void Report(OutsideStall stall)
    {
        var window = _windows.Of(stall, _lastSample);
        stall.Report = _verdicts.Of(stall, window, stall.StartedAt ??= WhenWas(stall.Start), Missing);
        _reports?.Write(stall.Report, window);
    }

    private void Report(Episode episode)
    {
        episode.Report = _verdicts.Of(episode.Worst, episode.Window!, episode.StartedAt ??= WhenWas(episode.Start), episode.Number, Missing);
    }

    // To the disk, which takes time: when it is new, when there are stacks, and at the end.
    private void Write(Episode episode) => _reports?.Write(episode.Report!, episode.Window);

    private void Peek(WindowSample sample)
    {
        if (!sample.Sample.IsDeep)
        {
            return;
        }

        var peeks = 0;
        foreach (var group in FutexGroups.Of(sample.Threads))
        {
            if (group.WaiterThreadIds.Count < Crowd || peeks++ >= PeeksPerSample)
            {
                return;
            }

            if (_owners.Find(group.Address) is var owner and not 0)
            {
                _windows.NoteOwner(group.Address, owner);
            }
        }
    }

    private DateTimeOffset WhenWas(long nanoseconds) => _time.GetUtcNow() - TimeSpan.FromMicroseconds(Math.Max(0, _time.Nanoseconds - nanoseconds) / 1000d);
}
