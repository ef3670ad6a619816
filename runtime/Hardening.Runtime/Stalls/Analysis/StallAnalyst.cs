using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Analysis;

/// <summary>
/// Finds out why activities stand still, on a thread of its own: it may allocate, wait for a witness and write files, and may itself be caught in what it looks into, while the watch goes on.
/// </summary>
internal sealed partial class StallAnalyst : IDisposable
{
    private const int MaxQueued = 256;
    private const int MaxLockPlaces = 256;
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OpenWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(1); // then after twice as long, and so on
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(5);

    private readonly HandOver<StallChange> _changes = new(MaxQueued);
    private readonly WakeEvent _wake = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly IStallEvidence _evidence;
    private readonly StackTaker _stacks;
    private readonly IStallAudience _audience;
    private readonly StallSubject _subject;
    private readonly Func<int> _activities;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly Dictionary<ulong, ThreadStackFrame> _lockPlaces = []; // from stacks, for the stalls for which there are none
    private StallIncident? _incident;
    private StallCause _presentCause;
    private int _incidents;
    private long _lost;
    private bool _isEnding; // volatile

    /// <param name="time">The clock of the samples.</param>
    /// <param name="evidence">What was measured.</param>
    /// <param name="stacks">Who tells what threads do.</param>
    /// <param name="audience">Who is told.</param>
    /// <param name="activities">How many activities are watched.</param>
    /// <param name="logger">Where failures of its own are logged.</param>
    public StallAnalyst(TimeProvider time, IStallEvidence evidence, StackTaker stacks, IStallAudience audience, Func<int> activities, ILogger logger)
    {
        (_time, _evidence, _stacks, _audience, _activities, _logger) = (time, evidence, stacks, audience, activities, logger);
        _subject = StallSubjects.Current();
        _thread = new Thread(Run) { Name = "stall-analyst", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Changes that came while the queue was full, and are in no report.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>What the present stall is put down to; null while everything moves. From any thread.</summary>
    public StallCause? PresentCause => Volatile.Read(ref _incident) is null ? null : _presentCause;

    /// <summary>By the watchdog's thread. Never waits.</summary>
    public void Post(StallChange change)
    {
        if (!_changes.TryAdd(change))
        {
            NoteLost(1);
        }

        _wake.Signal();
    }

    /// <summary>Some changes never came to be posted.</summary>
    public void NoteLost(long changes)
    {
        if (changes > 0)
        {
            Interlocked.Add(ref _lost, changes);
        }
    }

    /// <summary>Works off what was posted, and ends; waits for that up to 5 s.</summary>
    /// <remarks>May be called from a handler, on its own thread.</remarks>
    public void Dispose()
    {
        _stopping.CancelAfter(EndWait / 2); // before the thread is told, which disposes of it when it ends
        Volatile.Write(ref _isEnding, true);
        _wake.Signal();
        if (Thread.CurrentThread == _thread)
        {
            return;
        }

        if (_thread.Join(EndWait))
        {
            _wake.Dispose();
        }
        else
        {
            LogNotEnded();
        }
    }

    private void Run()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                if (_changes.TryTake(out var change))
                {
                    Handle(change);
                }
                else if (_incident is { } incident && (incident.HasEnded || _time.GetTimestamp() >= incident.NextLook))
                {
                    Look(incident);
                }
                else if (Volatile.Read(ref _isEnding))
                {
                    break;
                }
                else
                {
                    _wake.Wait(_incident is null ? IdleWait : OpenWait);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // told to end while much was left
        }
        finally
        {
            _stopping.Dispose();
        }
    }

    private void Handle(StallChange change)
    {
        if (change.IsRehearsal)
        {
            Rehearse(change);
            return;
        }

        _audience.Tell(change);
        if (!change.IsReported)
        {
            return;
        }

        if (_incident is { HasEnded: true } over && change.Start > over.End)
        {
            Look(over); // it was not told yet, for this one might have been a part of it
        }

        if (_incident is null)
        {
            if (change.HasEnded && !change.IsWhole)
            {
                return; // its beginning was lost
            }

            var startedAt = _time.UtcOf(change.Start);
            Volatile.Write(ref _incident, new StallIncident(StallSubjects.Id(startedAt, _subject.ProcessId, ++_incidents), startedAt, change));
        }
        else
        {
            _incident.Note(change);
        }

        if (!change.HasEnded)
        {
            Look(_incident);
        }
    }

    // Whatever fails here must not end the watch.
    private void Look(StallIncident incident)
    {
        try
        {
            Analyse(incident);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogAnalysisFailed(e, incident.Id);
        }
        finally
        {
            incident.NextLook = _time.GetTimestamp() + (long)(SecondLook.TotalSeconds * _time.TimestampFrequency * Math.Pow(2, Math.Min(incident.Looks++, 12)));
            if (incident.HasEnded)
            {
                Volatile.Write(ref _incident, null);
                _presentCause = StallCause.Unknown;
            }
        }
    }

    private void Analyse(StallIncident incident)
    {
        if (incident.HasEnded)
        {
            _evidence.Settle(_stopping.Token);
        }
        else
        {
            var asked = _time.GetTimestamp();
            if (_stacks.Take(incident, _evidence, _stopping.Token) is { } stacks)
            {
                incident.Note(asked, stacks);
            }
        }

        var (report, window) = Explain(incident);
        _presentCause = report.Verdict.Cause;
        if (incident.Report is not { } before || report.HasEnded || before.Verdict.Cause != report.Verdict.Cause)
        {
            _audience.Publish(report, window);
        }

        incident.Report = report;
    }

    private void Rehearse(StallChange change)
    {
        try
        {
            Explain(new StallIncident("rehearsal", _time.GetUtcNow(), change));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogAnalysisFailed(e, "rehearsal");
        }
    }

    private (StallReport Report, StallWindow Window) Explain(StallIncident incident)
    {
        var activities = incident.Activities(_time, _time.GetTimestamp());
        var windows = StallWindows.Of(activities, incident, _evidence, _lockPlaces, _time, _activities());
        Remember(LockPlaces.Of(windows[0]));
        foreach (var one in windows)
        {
            Remember(LockPlaces.Of(one));
        }

        var (verdict, window) = StallVerdicts.Join([.. windows.Select(one => (one, CauseClassifier.Classify(one)))]);
        var startedAt = incident.StartedAt + TimeSpan.FromMicroseconds((window.StallStart - windows[0].StallStart) / 1000d);
        var report = StallReportBuilder.Build(incident.Id, startedAt, window, verdict, _subject, Missing(incident)) with
        {
            HasEnded = incident.HasEnded, DetectedAfter = incident.DetectedAfter,
        };
        return (report, window);
    }

    private void Remember(IReadOnlyDictionary<ulong, ThreadStackFrame> places)
    {
        if (_lockPlaces.Count + places.Count > MaxLockPlaces)
        {
            _lockPlaces.Clear();
        }

        foreach (var (id, place) in places)
        {
            _lockPlaces[id] = place;
        }
    }

    private IEnumerable<string> Missing(StallIncident incident)
    {
        foreach (var missing in _evidence.Missing)
        {
            yield return missing;
        }

        if ((incident.Stacks?.Missing ?? _stacks.Missing) is { } stacks)
        {
            yield return stacks;
        }

        if (Lost is > 0 and var lost)
        {
            yield return $"{lost} changes of activities, which came faster than they could be looked into.";
        }
    }

    [LoggerMessage(2007, LogLevel.Error, "The stall {Id} could not be looked into; the watch goes on.")]
    private partial void LogAnalysisFailed(Exception exception, string id);

    [LoggerMessage(2008, LogLevel.Error, "The thread that looks into stalls did not end within 5 s, and is left behind: a handler or a source of stacks blocks it.")]
    private partial void LogNotEnded();
}
