using System.Collections.Concurrent;
using Hardening.Stalls;
using Hardening.Stalls.Analysis;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Analysis;

[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StallAnalystTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly Evidence _evidence = new();
    private readonly Audience _audience = new();
    private readonly StackSource _stacks = new();

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task A_stall_is_told_reported_at_once_and_reported_again_when_it_is_over(CancellationToken timeout)
    {
        using var analyst = Start(_stacks);
        var began = Silent("camera", 1.2);
        analyst.Post(began);
        await _audience.ReportsAsync(1, timeout);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        analyst.Post(began with { HasEnded = true, Silence = TimeSpan.FromSeconds(1.7), Now = _time.GetTimestamp(), Label = "" });
        await _audience.ReportsAsync(2, timeout);
        var (first, last) = (_audience.Reports[0], _audience.Reports[1]);
        Assert.That(_audience.Told.Select(change => change.HasEnded), Is.EqualTo(new[] { false, true }));
        Assert.That(_evidence.Settled, Is.EqualTo(1), "the last word waits for all that was measured");
        Assert.That((first.HasEnded, last.HasEnded, last.Id), Is.EqualTo((false, true, first.Id)));
        Assert.That(last.DetectedAfter, Is.EqualTo(TimeSpan.FromSeconds(1.2)));
        Assert.That(last.Duration, Is.EqualTo(TimeSpan.FromSeconds(1.7)));
        Assert.That(last.StartedAt, Is.EqualTo(_time.GetUtcNow() - TimeSpan.FromSeconds(1.7)));
        Assert.That(last.Activities.Single(), Has.Property("Silence").EqualTo(TimeSpan.FromSeconds(1.7)).And.Property("Label").EqualTo("cycle/save").And.Property("ThreadId").EqualTo(7), "as of when it fell silent");
        Assert.That(_audience.Windows[1].StallDuration, Is.EqualTo(1_700_000_000));
        Assert.That(_evidence.AskedFrom, Has.All.LessThan(_audience.Windows[0].StallStart), "what is normal belongs to it");
    }

    [Test]
    public async Task Activities_that_stand_still_together_are_one_report_that_ends_with_the_last(CancellationToken timeout)
    {
        using var analyst = Start();
        StallChange first = Silent("first", 1.2), second = Silent("second", 1.1);
        analyst.Post(first);
        analyst.Post(second);
        await _audience.ReportsAsync(1, timeout);
        analyst.Post(first with { HasEnded = true });
        analyst.Post(Silent("second", 1.1) with { Heartbeat = null, Name = "third" });
        analyst.Post(second with { HasEnded = true });
        await _audience.ToldAsync(5, timeout);
        Assert.That(_audience.Reports, Has.None.Property("HasEnded").True, "the third stands still");
        analyst.Post(Silent("third", 1.1) with { HasEnded = true });
        await Eventually.HoldsAsync(() => _audience.Reports.Any(report => report.HasEnded), "it is over", timeout);
        Assert.That(_audience.Reports[^1].Activities.Select(activity => activity.Name), Is.EqualTo(new[] { "first", "second", "third" }));
        Assert.That(_audience.Reports.Select(report => report.Id).Distinct().Count(), Is.EqualTo(1));
        analyst.Post(Silent("first", 1.2));
        await Eventually.HoldsAsync(() => !_audience.Reports[^1].HasEnded, "the next is a report of its own", timeout);
        Assert.That(_audience.Reports[^1].Id, Is.Not.EqualTo(_audience.Reports[0].Id));
    }

    [Test]
    public async Task A_report_has_a_bound_and_keeps_the_first_stall_and_those_that_last(CancellationToken timeout)
    {
        using var analyst = Start();
        StallChange first = Silent("first", 1.2), lasting = Silent("lasting", 1.2), again = Silent("again", 1.1);
        analyst.Post(first);
        analyst.Post(lasting);
        for (var i = 0; i < 100; i++)
        {
            analyst.Post(again);
            analyst.Post(again with { HasEnded = true });
            await _audience.ToldAsync((2 * i) + 4, timeout);
        }

        analyst.Post(first with { HasEnded = true });
        analyst.Post(lasting with { HasEnded = true });
        await Eventually.HoldsAsync(() => _audience.Reports.Any(report => report.HasEnded), "it is over", timeout);
        Assert.That(_audience.Reports[^1].Activities.Select(activity => activity.Name).Distinct(), Is.EqualTo(new[] { "first", "lasting", "again" }));
        Assert.That(_audience.Reports[^1].Activities, Has.Count.EqualTo(64));
    }

    [Test]
    public void What_the_runtime_tells_late_of_a_pause_is_put_where_the_pause_was()
    {
        WindowSample Of(long pause, long suspension) => new(new Sample { Runtime = new RuntimeSample { GcPause = pause, GcSuspension = suspension } }, []);
        var assigned = Suspensions.Assign([Of(5, 0), Of(3_000, 0), Of(0, 0), Of(10, 2_990)]);
        Assert.That(assigned.Select(sample => sample.Sample.Runtime.GcSuspension), Is.EqualTo(new[] { 0, 2_980, 0, 10 }));
        Assert.That(assigned.Select(sample => sample.Sample.Runtime.GcPause), Is.EqualTo(new[] { 5, 3_000, 0, 10 }));
    }

    [Test]
    public async Task A_process_that_did_not_run_is_over_when_it_is_seen_and_an_unlucky_watchdog_is_no_stall(CancellationToken timeout)
    {
        using var analyst = Start(_stacks);
        var late = Silent(StallChange.Process, 3) with { Kind = StalledActivityKind.Process, HasEnded = true, IsWhole = true, ThreadId = 0 };
        analyst.Post(late with { IsReported = false });
        analyst.Post(late);
        await _audience.ReportsAsync(1, timeout);
        Assert.That(_audience.Told, Has.Count.EqualTo(2));
        Assert.That(_audience.Reports.Single().HasEnded);
        Assert.That(_stacks.Asked, Is.Empty, "nothing is to be seen any more");
    }

    [Test]
    public async Task Stacks_are_taken_while_the_stall_lasts_and_not_too_often(CancellationToken timeout)
    {
        _evidence.Add(new ProcessSample { Runnable = 40, Uninterruptible = 1 });
        using var analyst = Start(_stacks);
        for (var i = 1; i <= 3; i++)
        {
            var began = Silent($"{i}", 1.2);
            analyst.Post(began);
            analyst.Post(began with { HasEnded = true });
            await Eventually.HoldsAsync(() => _audience.Reports.Count(report => report.HasEnded) == i, "it is over", timeout);
        }

        Assert.That(_stacks.Asked, Has.Count.EqualTo(1), "within 2 s");
        Assert.That(_stacks.Asked.Single(), Has.Property("RunnableThreads").EqualTo(40).And.Property("HasUninterruptibleThread").True);
        Assert.That(_stacks.Asked.Single().ThreadIds, Is.EqualTo(new[] { 7 }));
        _time.Advance(TimeSpan.FromSeconds(2));
        analyst.Post(Silent("last", 1.2));
        await Eventually.HoldsAsync(() => _stacks.Asked.Count == 2, "they are taken again", timeout);
    }

    [Test]
    public async Task Stacks_that_came_when_the_stall_was_over_do_not_take_the_place_of_earlier_ones(CancellationToken timeout)
    {
        using var analyst = Start(_stacks);
        var camera = Silent("camera", 1.2);
        analyst.Post(camera);
        await _audience.ReportsAsync(1, timeout);
        _time.Advance(TimeSpan.FromSeconds(3));
        _stacks.Result = new ThreadStackCapture { Source = "late", Threads = [new ThreadFrames(7, [])] };
        var worker = Silent("worker", 4.2);
        analyst.Post(worker);
        await Eventually.HoldsAsync(() => _stacks.Asked.Count == 2, "they are taken again", timeout);
        foreach (var change in new[] { camera, worker })
        {
            analyst.Post(change with { HasEnded = true, Now = camera.Now + TimeSpan.TicksPerSecond });
        }

        await Eventually.HoldsAsync(() => _audience.Reports.Any(report => report.HasEnded), "it is over", timeout);
        Assert.That(_audience.Windows[^1].Stacks!.Source, Is.EqualTo("stacks"));
    }

    [Test]
    public async Task A_stall_that_lasts_is_looked_at_again_and_reported_only_with_news(CancellationToken timeout)
    {
        using var analyst = Start();
        analyst.Post(Silent("camera", 1.2));
        await _audience.ReportsAsync(1, timeout);
        for (var looks = _evidence.AskedFrom.Count; looks < 5; looks++)
        {
            // The pause begins when a look is over, which nothing tells: so the clock goes on until the next one.
            await Eventually.HoldsAsync(() => PassUnless(_evidence.AskedFrom.Count > looks), "it is looked at again", timeout);
        }

        Assert.That(_audience.Reports, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_source_that_fails_is_told_of_and_the_next_is_asked(CancellationToken timeout)
    {
        var failing = new StackSource { Name = "failing", Failure = new IOException("told to") };
        var lacking = new StackSource { Name = "lacking", Result = new ThreadStackCapture { Source = "lacking", Missing = "It may not." } };
        using var analyst = Start(failing, lacking, _stacks);
        analyst.Post(Silent("camera", 1.2));
        await _audience.ReportsAsync(1, timeout);
        Assert.That(_audience.Windows[0].Stacks!.Source, Is.EqualTo("stacks"));
        Assert.That(_audience.Reports[0].Missing, Has.One.EqualTo("failing: It failed: told to lacking: It may not."));
        Assert.That(_log.Records.Count(record => record.EventId == 2009), Is.EqualTo(1));
    }

    [Test]
    public async Task Without_a_source_the_report_says_what_to_do(CancellationToken timeout)
    {
        using var analyst = Start();
        analyst.Post(Silent("camera", 1.2));
        await _audience.ReportsAsync(1, timeout);
        Assert.That(_audience.Reports[0].Missing, Has.One.Contains("AddStallWitness"));
    }

    [Test]
    public async Task What_fails_while_a_stall_is_looked_into_does_not_end_the_watch(CancellationToken timeout)
    {
        _evidence.Failure = new InvalidOperationException("told to");
        using var analyst = Start();
        var began = Silent("camera", 1.2);
        analyst.Post(began);
        await Eventually.HoldsAsync(() => _log.Records.Any(record => record.EventId == 2007), "it is logged", timeout);
        _evidence.Failure = null;
        analyst.Post(began with { HasEnded = true });
        await _audience.ReportsAsync(1, timeout);
    }

    [Test]
    public async Task Changes_beyond_the_bound_are_counted_and_the_report_says_so(CancellationToken timeout)
    {
        using var blocked = new ManualResetEventSlim();
        _stacks.Blocks = blocked;
        using var analyst = Start(_stacks);
        analyst.Post(Silent("camera", 1.2));
        await Eventually.HoldsAsync(() => _stacks.Asked.Count == 1, "it is looked into", timeout);
        for (var i = 0; i < 300; i++)
        {
            analyst.Post(Silent($"{i}", 1.2));
        }

        Assert.That(analyst.Lost, Is.EqualTo(44), "256 wait");
        blocked.Set();
        await Eventually.HoldsAsync(() => _audience.Reports.Any(report => report.Missing.Any(missing => missing.StartsWith("44 changes", StringComparison.Ordinal))), "it is told", timeout);
    }

    [Test]
    public void Disposal_at_once_is_no_race()
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.That(Start().Dispose, Throws.Nothing);
        }
    }

    [Test]
    public void Disposal_works_off_what_was_posted_and_leaves_no_thread(CancellationToken timeout)
    {
        var analyst = Start();
        analyst.Post(Silent("camera", 1.2));
        analyst.Dispose();
        Assert.That(_audience.Reports, Has.Count.EqualTo(1));
    }

    private bool PassUnless(bool condition)
    {
        _time.Advance(condition ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
        return condition;
    }

    private StallAnalyst Start(params IThreadStackSource[] sources) =>
        new(_time, _evidence, new StackTaker(sources, TimeSpan.FromSeconds(1), _time, _log.CreateLogger<StallAnalyst>()), _audience, () => 1, _log.CreateLogger<StallAnalyst>());

    private StallChange Silent(string name, double seconds) => new(
        StalledActivityKind.Heartbeat, name, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(seconds), _time.GetTimestamp() - TimeSpan.FromSeconds(seconds).Ticks, _time.GetTimestamp(), HasEnded: false)
    {
        ThreadId = 7, Label = "cycle/save",
    };

    private sealed class Evidence : IStallEvidence
    {
        private readonly List<WindowSample> _samples = [];
        private int _settled;

        public int Settled => Volatile.Read(ref _settled);

        public ConcurrentBag<long> AskedFrom { get; } = [];

        public Exception? Failure { get; set; }

        public IReadOnlyList<string> WaitChannels => [];

        public IReadOnlyDictionary<int, string> ThreadNames => new Dictionary<int, string>();

        public IReadOnlyList<string> Missing => [];

        public void Add(ProcessSample process) => _samples.Add(new WindowSample(new Sample { Process = process }, []));

        public IReadOnlyList<WindowSample> Samples(long from, long to)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            if (from != long.MinValue)
            {
                AskedFrom.Add(from);
            }

            return _samples;
        }

        public void Settle(CancellationToken cancellationToken) => Interlocked.Increment(ref _settled);

        public IReadOnlyList<LockWait> LockWaits(long since) => [];

        public int FutexOwner(ulong address) => 0;
    }

    private sealed class Audience : IStallAudience
    {
        private readonly Lock _gate = new();
        private readonly List<StallReport> _reports = [];
        private readonly List<StallWindow> _windows = [];
        private readonly List<StallChange> _told = [];

        public IReadOnlyList<StallReport> Reports
        {
            get
            {
                lock (_gate)
                {
                    return [.. _reports];
                }
            }
        }

        public IReadOnlyList<StallWindow> Windows
        {
            get
            {
                lock (_gate)
                {
                    return [.. _windows];
                }
            }
        }

        public IReadOnlyList<StallChange> Told
        {
            get
            {
                lock (_gate)
                {
                    return [.. _told];
                }
            }
        }

        public void Tell(StallChange change)
        {
            lock (_gate)
            {
                _told.Add(change);
            }
        }

        public void Publish(StallReport report, StallWindow window)
        {
            lock (_gate)
            {
                _windows.Add(window);
                _reports.Add(report);
            }
        }

        public Task ReportsAsync(int count, CancellationToken timeout) => Eventually.HoldsAsync(() => Reports.Count >= count, $"there are {count} reports", timeout);

        public Task ToldAsync(int count, CancellationToken timeout) => Eventually.HoldsAsync(() => Told.Count >= count, $"{count} changes are told", timeout);
    }

    private sealed class StackSource : IThreadStackSource
    {
        private readonly ConcurrentQueue<ThreadStackRequest> _asked = new();

        public string Name { get; init; } = "stacks";

        public Exception? Failure { get; init; }

        public ThreadStackCapture? Result { get; set; }

        public ManualResetEventSlim? Blocks { get; set; }

        public IReadOnlyList<ThreadStackRequest> Asked => [.. _asked];

        public ThreadStackCapture Capture(ThreadStackRequest request, CancellationToken cancellationToken)
        {
            _asked.Enqueue(request);
            Blocks?.Wait(TimeSpan.FromSeconds(20), cancellationToken);
            return Failure is null ? Result ?? new ThreadStackCapture { Source = Name, Threads = [new ThreadFrames(7, [])] } : throw Failure;
        }
    }
}
