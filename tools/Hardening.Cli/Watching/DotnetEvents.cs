using System.Diagnostics.Tracing;
using Hardening.Stalls.Sampling;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Hardening.Cli.Watching;

/// <summary>Hears through a session with the diagnostic port of a process of .NET who waits for which lock, how long collections stop the threads, and how long the queue of the thread pool is.</summary>
internal sealed class DotnetEvents : IRuntimeSampler, ILockWaits, IDisposable
{
    private const int BufferMegabytes = 16;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5); // for a session to begin: a process that is stopped does not answer
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(2);

    private readonly int _processId;
    private readonly TimeProvider _time;
    private readonly EventClock _clock;
    private readonly EventBudget _budget = new(EventBudget.DefaultPerSecond);
    private readonly LockWaitBook _book = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _ready = new();
    private readonly Thread _thread;
    private volatile EventPipeSession? _session;
    private volatile string? _failure;
    private volatile bool _isOverBudget;

    // Totals, written by the thread that hears.
    private long _paused;
    private long _suspending;
    private long _contentions;
    private long _completed;
    private int _gen0;
    private int _gen1;
    private int _gen2;
    private long _pending;
    private int _poolThreads;
    private double _suspensionBegan = -1; // ms of the session
    private RuntimeSample _told;

    public DotnetEvents(int processId, TimeProvider time)
    {
        (_processId, _time, _clock) = (processId, time, new EventClock(time));
        _thread = new Thread(Run) { Name = "dotnet events", IsBackground = true };
        _thread.Start();
    }

    public string? Missing => _failure ?? (_isOverBudget ? $"More than {_budget.PerSecond} waits for locks of .NET began in a second: from then on they were not listened to, to cost the process no more." : null);

    /// <summary>Waits until the session is open, or cannot be had.</summary>
    public void AwaitReady(CancellationToken stop) => _ready.Wait(s_limit, stop);

    public void Read(ref RuntimeSample runtime)
    {
        var now = new RuntimeSample
        {
            GcPause = Volatile.Read(ref _paused),
            GcSuspension = Volatile.Read(ref _suspending),
            Gen0 = Volatile.Read(ref _gen0),
            Gen1 = Volatile.Read(ref _gen1),
            Gen2 = Volatile.Read(ref _gen2),
            Contentions = Volatile.Read(ref _contentions),
            CompletedWorkItems = Volatile.Read(ref _completed),
        };
        runtime.GcPause = now.GcPause - _told.GcPause;
        runtime.GcSuspension = now.GcSuspension - _told.GcSuspension;
        runtime.Gen0 = now.Gen0 - _told.Gen0;
        runtime.Gen1 = now.Gen1 - _told.Gen1;
        runtime.Gen2 = now.Gen2 - _told.Gen2;
        runtime.Contentions = now.Contentions - _told.Contentions;
        runtime.CompletedWorkItems = now.CompletedWorkItems - _told.CompletedWorkItems;
        runtime.PendingWorkItems = Volatile.Read(ref _pending);
        runtime.PoolThreads = Volatile.Read(ref _poolThreads);
        _told = now;
    }

    public IReadOnlyList<LockWait> Since(long time) => _book.Since(time);

    public void Dispose()
    {
        _stop.Cancel();
        End(_session);
        if (_thread.Join(s_limit))
        {
            _stop.Dispose();
            _ready.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var withLocks = !_isOverBudget;
                Hear(withLocks);
                if (withLocks != _isOverBudget)
                {
                    return; // the process has ended, or the watch
                }
            }
        }
        catch (Exception failed) when (!_stop.IsCancellationRequested)
        {
            var e = failed is AggregateException { InnerException: { } inner } ? inner : failed;
            _failure = e is ServerNotAvailableException
                ? $"Locks of .NET, pauses and the thread pool are not known: the diagnostic port of process {_processId} cannot be reached ({e.Message.TrimEnd('.')}). Watch it as its own user with the same TMPDIR, and do not set DOTNET_EnableDiagnostics=0 for it."
                : $"Locks of .NET, pauses and the thread pool are not known: the session with process {_processId} failed ({(e is OperationCanceledException or TimeoutException ? $"no answer within {Spans.Text(s_limit)}; it may be stopped" : e.Message.TrimEnd('.'))}).";
        }
        catch (Exception)
        {
            // The watch is over: its session was ended under it.
        }
        finally
        {
            _ready.Set();
        }
    }

    private void Hear(bool withLocks)
    {
        var keywords = ClrTraceEventParser.Keywords.GC | (withLocks ? ClrTraceEventParser.Keywords.Contention : 0);
        EventPipeProvider[] providers =
        [
            new(ClrTraceEventParser.ProviderName, EventLevel.Informational, (long)keywords),
            new("System.Runtime", EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" }),
        ];
        using var limit = new CancellationTokenSource(s_limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        var opening = new DiagnosticsClient(_processId).StartEventPipeSessionAsync(providers, requestRundown: false, BufferMegabytes, either.Token);
        if (!opening.Wait(s_limit * 2))
        {
            throw new TimeoutException(); // it does not even hear that it is to give up
        }

        using var session = opening.Result;
        (_session, _suspensionBegan) = (session, -1);
        _ready.Set();
        using var source = new EventPipeEventSource(session.EventStream);
        source.Clr.ContentionStart += began =>
        {
            Began(began);
            if (withLocks && _isOverBudget)
            {
                source.StopProcessing();
            }
        };
        source.Clr.ContentionStop += ended => _book.Ended(ended.ThreadID, When(ended));
        source.Clr.GCSuspendEEStart += began => _suspensionBegan = began.TimeStampRelativeMSec;
        source.Clr.GCSuspendEEStop += ended => AddSince(ref _suspending, ended);
        source.Clr.GCRestartEEStop += ended =>
        {
            AddSince(ref _paused, ended);
            _suspensionBegan = -1;
        };
        source.Clr.GCStart += began => _ = began.Depth switch { 0 => Interlocked.Increment(ref _gen0), 1 => Interlocked.Increment(ref _gen1), _ => Interlocked.Increment(ref _gen2) };
        source.Dynamic.All += Count;
        source.Process(); // until the session ends
    }

    private void Began(ContentionStartTraceData began)
    {
        Interlocked.Increment(ref _contentions);
        var start = When(began);
        _book.Began(new LockWait((ulong)began.LockID, (ulong)began.AssociatedObjectID, (int)began.LockOwnerThreadID, began.ThreadID, start, End: 0));
        if (_budget.Exceeds(start))
        {
            _book.Deafen(start);
            _isOverBudget = true;
        }
    }

    private void Count(TraceEvent counted)
    {
        if (counted.EventName != "EventCounters" || counted.PayloadValue(0) is not IDictionary<string, object> outer || !outer.TryGetValue("Payload", out var inner) || inner is not IDictionary<string, object> counter
            || !counter.TryGetValue("Name", out var name))
        {
            return;
        }

        switch (name as string)
        {
            case "threadpool-queue-length":
                Volatile.Write(ref _pending, (long)Value(counter, "Mean"));
                break;
            case "threadpool-thread-count":
                Volatile.Write(ref _poolThreads, (int)Value(counter, "Mean"));
                break;
            case "threadpool-completed-items-count":
                Interlocked.Add(ref _completed, (long)Value(counter, "Increment"));
                break;
        }
    }

    private static double Value(IDictionary<string, object> counter, string name) => counter.TryGetValue(name, out var value) && value is double number && double.IsFinite(number) ? number : 0;

    private void AddSince(ref long total, TraceEvent ended)
    {
        if (_suspensionBegan >= 0)
        {
            Interlocked.Add(ref total, (long)((ended.TimeStampRelativeMSec - _suspensionBegan) * 1_000_000));
        }
    }

    private long When(TraceEvent happened) => _clock.When(happened.TimeStamp.ToUniversalTime());

    // A process that is stopped does not answer: its session goes with the connection.
    private void End(EventPipeSession? session)
    {
        if (session is null)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(s_endLimit, _time);
            if (!session.StopAsync(limit.Token).Wait(s_endLimit))
            {
                session.Dispose();
            }
        }
        catch (Exception e) when (e is AggregateException or ServerNotAvailableException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            session.Dispose();
        }
    }
}
