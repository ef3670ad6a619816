using System.Diagnostics;
using Hardening.Processes;
using Hardening.Runtime.Tests.Processes;
using Hardening.Runtime.Tests.Stalls.Actions;
using Hardening.Stalls;
using Hardening.Stalls.Actions;
using Hardening.Stalls.Reports;
using Microsoft.Extensions.Logging;

namespace Hardening.Runtime.Tests.Stalls.Reports;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StallReporterTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly MetricRecorder _measured = new(pipeline: "reporter");
    private readonly StallReportOptions _reports = new();
    private readonly StallPolicy _policy = new();
    private readonly List<string> _ends = [];
    private string? _dumpError;

    private string Stalls => Path.Combine(_scratch.Path, "stalls");

    public void Dispose()
    {
        _measured.Dispose();
        _log.Dispose();
        _scratch.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public void A_stall_is_counted_logged_written_and_told_to_functions()
    {
        var told = new List<StallReport>();
        _policy.OnStall(told.Add);
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report("one"), SampleReports.Window());
        Assert.That(_log.Records.Single(), Has.Property("EventId").EqualTo(2010));
        Assert.That(_log.Records.Single().Message, Does.StartWith(SampleReports.Report().Headline).And.Contains("LockContention").And.EndsWith("one.hardening.json)"));
        reporter.Report(SampleReports.Report("one", hasEnded: true), SampleReports.Window());
        Assert.That(_log.Records.Select(record => record.EventId), Is.EqualTo(new[] { 2010, 2011 }));
        Assert.That(StallReportFile.Read(Path.Combine(Stalls, "one.hardening.json")).Report.HasEnded, Is.True);
        Assert.That(told.Select(report => report.HasEnded), Is.EqualTo(new[] { false, true }));
        Assert.That(Measured("hardening.stall.reports").Single().Tags["hardening.stall.cause"], Is.EqualTo("lock_contention"), "a stall counts once");
        Assert.That(Outcomes("callback"), Is.EqualTo(new[] { "done", "done" }));
        Assert.That(Outcomes("report"), Is.EqualTo(new[] { "done", "done" }));
    }

    [TestCase(StallActions.None, 0, 0, 0, 0)]
    [TestCase(StallActions.Log, 1, 0, 0, 0)]
    [TestCase(StallActions.Metric, 0, 1, 0, 0)]
    [TestCase(StallActions.Report, 0, 0, 1, 0)]
    [TestCase(StallActions.Callback, 0, 0, 0, 1)]
    [TestCase(StallActions.Default, 1, 1, 1, 1)]
    [CancelAfter(60_000)]
    public void The_policy_of_the_cause_says_what_is_done(StallActions actions, int logs, int counts, int files, int calls)
    {
        var called = 0;
        _policy.OnStall(_ => called++);
        _policy.Default.Actions = StallActions.Default;
        _policy.Causes[StallCause.SpinStorm] = new StallRule { Actions = actions };
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report(cause: StallCause.SpinStorm), SampleReports.Window());
        var written = Directory.Exists(Stalls) ? Directory.GetFiles(Stalls, "*.json").Length : 0;
        Assert.That((_log.Records.Count, Measured("hardening.stall.reports").Count, written, called), Is.EqualTo((logs, counts, files, calls)));
    }

    [Test, CancelAfter(60_000)]
    public void Functions_are_called_for_their_causes_alone()
    {
        var told = new List<StallCause>();
        _policy.OnStall(report => told.Add(report.Verdict.Cause), StallCause.ChildStorm, StallCause.Throttling);
        using var reporter = Reporter();
        foreach (var cause in Enum.GetValues<StallCause>())
        {
            reporter.Report(SampleReports.Report(cause.ToString(), cause), SampleReports.Window());
        }

        Assert.That(told, Is.EquivalentTo(new[] { StallCause.ChildStorm, StallCause.Throttling }));
    }

    [Test, CancelAfter(60_000)]
    public void Who_heard_of_the_beginning_hears_of_the_end_though_the_cause_was_another()
    {
        var told = new List<string>();
        _policy.OnStall(report => told.Add($"unknown {report.HasEnded}"), StallCause.Unknown);
        _policy.OnStall(report => told.Add($"storm {report.HasEnded}"), StallCause.ChildStorm);
        _policy.OnStall(report => told.Add("deadlock"), StallCause.Deadlock);
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report("one", StallCause.Unknown), SampleReports.Window());
        reporter.Report(SampleReports.Report("one", StallCause.ChildStorm), SampleReports.Window());
        reporter.Report(SampleReports.Report("one", StallCause.ChildStorm, hasEnded: true), SampleReports.Window());
        Assert.That(told, Is.EqualTo(new[] { "unknown False", "storm False", "unknown True", "storm True" }));
        Assert.That(Measured("hardening.stall.reports").Select(record => record.Tags["hardening.stall.cause"]), Is.EqualTo(new[] { "unknown", "child_storm" }));
    }

    [Test, CancelAfter(60_000)]
    public void A_cause_that_turns_out_later_has_its_own_rate()
    {
        _policy.Causes[StallCause.Unknown] = new StallRule { MaxPerMinute = 1 };
        _policy.Causes[StallCause.Deadlock] = new StallRule { Actions = StallActions.Default | StallActions.FailFast };
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report("zero", StallCause.Unknown), SampleReports.Window());
        reporter.Report(SampleReports.Report("one", StallCause.Unknown), SampleReports.Window());
        Assert.That((_ends, _log.Records.Count), Is.EqualTo((new List<string>(), 1)));
        reporter.Report(SampleReports.Report("one", StallCause.Deadlock), SampleReports.Window());
        Assert.That(_ends, Is.EqualTo(new[] { "end with 2 files" }));
    }

    [Test, CancelAfter(60_000)]
    public void No_file_tells_for_ever_of_what_is_over()
    {
        _policy.Causes[StallCause.Throttling] = new StallRule { Actions = StallActions.Metric };
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report("one", StallCause.Unknown), SampleReports.Window());
        reporter.Report(SampleReports.Report("one", StallCause.Throttling, hasEnded: true), SampleReports.Window());
        reporter.Report(SampleReports.Report("two", StallCause.Throttling, hasEnded: true), SampleReports.Window());
        Assert.That(StallReportFile.Read(Path.Combine(Stalls, "one.hardening.json")).Report.HasEnded, Is.True);
        Assert.That(Directory.GetFiles(Stalls), Has.Length.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public void A_function_that_throws_or_hangs_keeps_nobody_from_being_called()
    {
        var goOn = new ManualResetEventSlim();
        var last = false;
        _policy.CallbackTimeout = TimeSpan.FromMilliseconds(50);
        _policy.OnStall(static _ => throw new InvalidOperationException("no"));
        _policy.OnStall(_ => goOn.Wait(TimeSpan.FromSeconds(30)));
        _policy.OnStall(_ => last = true);
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report(), SampleReports.Window());
        goOn.Set();
        var failures = _log.Records.Where(record => record.EventId == 2013).ToList();
        Assert.That(failures, Has.Count.AtLeast(2));
        Assert.That(failures[0].Exception, Has.Message.EqualTo("no").Or.Null); // null where even a throw took longer than it may
        Assert.That(Outcomes("callback"), Has.Count.EqualTo(3).And.Contains("timed_out"));
        Assert.That(last || Outcomes("callback")[2] is "timed_out");
    }

    [Test, CancelAfter(60_000)]
    public void Each_cause_has_a_rate_of_its_own_and_what_is_left_out_is_counted()
    {
        _policy.Default.MaxPerMinute = 2;
        using var reporter = Reporter();
        for (var i = 0; i < 5; i++)
        {
            reporter.Report(SampleReports.Report($"lock{i}"), SampleReports.Window());
            reporter.Report(SampleReports.Report($"lock{i}", hasEnded: true), SampleReports.Window());
        }

        reporter.Report(SampleReports.Report("gc", StallCause.GarbageCollection), SampleReports.Window());
        Assert.That(_log.Records.Count(record => record.EventId == 2010), Is.EqualTo(3));
        Assert.That(_log.Records.Count(record => record.EventId == 2011), Is.EqualTo(2), "the end of what was told of is told of, no other");
        Assert.That(Measured("hardening.stall.reports"), Has.Count.EqualTo(6), "counting has no limit");
        Assert.That(Outcomes("all"), Is.EqualTo(new[] { "rate_limited", "rate_limited", "rate_limited" }));
        _time.Advance(TimeSpan.FromMinutes(1));
        reporter.Report(SampleReports.Report("later"), SampleReports.Window());
        Assert.That(_log.Records.Count(record => record.EventId == 2010), Is.EqualTo(4));
    }

    [Test, CancelAfter(60_000)]
    public void No_more_files_than_the_options_say_are_written_in_a_minute()
    {
        _policy.Default.MaxPerMinute = 100;
        _reports.MaxPerMinute = 2;
        using var reporter = Reporter();
        for (var i = 0; i < 5; i++)
        {
            reporter.Report(SampleReports.Report($"{i}"), SampleReports.Window());
            reporter.Report(SampleReports.Report($"{i}", hasEnded: true), SampleReports.Window());
        }

        Assert.That(Directory.GetFiles(Stalls, "*.json"), Has.Length.EqualTo(2));
        Assert.That(Measured("hardening.stall.reports_lost").Select(record => record.Tags["hardening.loss.reason"]), Is.EqualTo(new[] { "rate_limited", "rate_limited", "rate_limited" }));
    }

    [Test, CancelAfter(60_000)]
    public void A_disk_that_cannot_be_written_to_is_counted_and_said_once_a_minute()
    {
        File.WriteAllText(Stalls, "a file in the place of the directory");
        using var reporter = Reporter();
        for (var i = 0; i < 3; i++)
        {
            reporter.Report(SampleReports.Report($"{i}"), SampleReports.Window());
        }

        var error = _log.Records.Single(record => record.EventId == 2012);
        Assert.That((error.Level, error.Message), Is.EqualTo((LogLevel.Error, error.Message)));
        Assert.That(error.Message, Does.Contain(Stalls));
        Assert.That(error.Exception, Is.InstanceOf<IOException>());
        Assert.That(Measured("hardening.stall.reports_lost"), Has.Count.EqualTo(3));
        Assert.That(_log.Records.Count(record => record.EventId == 2010), Is.EqualTo(3), "the stalls are logged all the same");
        _time.Advance(TimeSpan.FromMinutes(1));
        reporter.Report(SampleReports.Report("later"), SampleReports.Window());
        Assert.That(_log.Records.Count(record => record.EventId == 2012), Is.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_disk_that_hangs_keeps_nobody_from_being_told(CancellationToken timeout)
    {
        Directory.CreateDirectory(Stalls);
        var pipe = Path.Combine(Stalls, $".{Environment.ProcessId}-1.hardening.tmp"); // opening it hangs until somebody reads
        await SupervisedProcess.RunAsync(new ProcessStartInfo("mkfifo", [pipe]), null, timeout);
        var told = 0;
        _policy.OnStall(_ => told++);
        _reports.WriteTimeout = TimeSpan.FromMilliseconds(100);
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report(), SampleReports.Window());
        Assert.That(told, Is.EqualTo(1));
        Assert.That(_log.Records.Select(record => record.EventId), Is.EqualTo(new[] { 2012, 2010 }));
        Assert.That(Measured("hardening.stall.reports_lost").Single().Tags["hardening.loss.reason"], Is.EqualTo("timed_out"));
        Assert.That(reporter.HangingWrites, Is.EqualTo(1));

        // The disk is back: what was given up takes no name any more.
        await using (var read = File.OpenRead(pipe))
        {
            await read.CopyToAsync(Stream.Null, timeout);
        }

        await Eventually.HoldsAsync(() => reporter.HangingWrites == 0, "the thread comes back", timeout);
        Assert.That(Directory.GetFiles(Stalls), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void The_process_ends_once_the_report_and_the_dump_are_there()
    {
        _policy.Causes[StallCause.Deadlock] = new StallRule { Actions = StallActions.Default | StallActions.Dump | StallActions.FailFast };
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report("one", StallCause.Deadlock), SampleReports.Window());
        Assert.That(_ends, Is.EqualTo(new[] { $"dump {Path.Combine(Stalls, "one.hardening.dmp")} Triage", "end with 2 files" }));
        Assert.That(Outcomes("fail_fast"), Is.EqualTo(new[] { "done" }));
        reporter.Report(SampleReports.Report("two", StallCause.Deadlock, hasEnded: true), SampleReports.Window());
        Assert.That(_ends, Has.Count.EqualTo(2), "what is over ends nobody");
        _dumpError = "it was not done in time";
        reporter.Report(SampleReports.Report("three", StallCause.Deadlock), SampleReports.Window());
        Assert.That(_ends, Has.Count.EqualTo(4), "without a dump too");
        Assert.That(_log.Records.Single(record => record.EventId == 2017).Message, Does.Contain("it was not done in time"));
        Assert.That(Outcomes("dump"), Is.EqualTo(new[] { "done", "failed" }));
    }

    [TestCase(StallCause.Throttling)]
    [TestCase(StallCause.ProcessStopped)]
    [TestCase(StallCause.ForeignLoad)]
    [CancelAfter(60_000)]
    public void No_policy_ends_the_process_for_what_is_outside_of_it(StallCause cause)
    {
        _policy.Causes[cause] = new StallRule { Actions = StallActions.Default | StallActions.FailFast | StallActions.TriggerWatchdog };
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report("one", cause), SampleReports.Window());
        Assert.That(_ends, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void The_service_manager_hears_of_stalls_and_is_triggered_by_policy()
    {
        using var manager = new NotifyListener(Path.Combine(_scratch.Path, "notify"));
        using var notifier = new ServiceNotifier(manager.Address, TimeSpan.Zero, _time, _log.CreateLogger("notifier"), Metrics());
        _policy.Causes[StallCause.Deadlock] = new StallRule { Actions = StallActions.Health | StallActions.TriggerWatchdog };
        using var reporter = Reporter(notifier);
        reporter.Report(SampleReports.Report("one", StallCause.Deadlock), SampleReports.Window());
        reporter.Report(SampleReports.Report("one", StallCause.Deadlock, hasEnded: true), SampleReports.Window());
        var headline = SampleReports.Report().Headline;
        Assert.That(manager.Take(), Is.EqualTo(new[] { $"STATUS={headline}", "WATCHDOG=trigger", $"STATUS=Running. Last stall: {headline}" }));
    }

    [TestCase(StallActions.Default, ExpectedResult = true)]
    [TestCase(StallActions.Default & ~StallActions.Health, ExpectedResult = false)]
    [CancelAfter(60_000)]
    public bool Health_hears_whether_the_cause_counts(StallActions actions)
    {
        var health = new StallHealth(_time, TimeSpan.FromMinutes(5));
        health.Stalled(this, SampleReports.Report().Activities[0], isCritical: true);
        _policy.Default.Actions = actions;
        using var reporter = Reporter(health: health);
        reporter.Report(SampleReports.Report(), SampleReports.Window());
        return health.Present.Stalls.Single().Counts;
    }

    [Test, CancelAfter(60_000)]
    public void No_directory_no_files_and_nothing_lost()
    {
        _reports.Directory = null;
        using var reporter = Reporter();
        reporter.Report(SampleReports.Report(), SampleReports.Window());
        Assert.That(Directory.GetFileSystemEntries(_scratch.Path), Is.Empty);
        Assert.That(_log.Records.Single().Message, Does.EndWith("report: no file)"));
        Assert.That(Measured("hardening.stall.reports_lost"), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public void Thousands_of_stalls_are_not_remembered_for_ever()
    {
        _policy.Default.Actions = StallActions.Metric;
        using var reporter = Reporter();
        for (var i = 0; i < 2000; i++)
        {
            reporter.Report(SampleReports.Report($"{i}"), SampleReports.Window());
        }

        Assert.That(reporter.Remembered, Is.EqualTo(256));
    }

    private StallReporter Reporter(ServiceNotifier? notifier = null, StallHealth? health = null) =>
        new(_reports, _policy, _scratch.Path, _time, _log.CreateLogger("reporter"), Metrics(), notifier, health)
        {
            WriteDump = (path, kind, _) =>
            {
                _ends.Add($"dump {path} {kind}");
                return _dumpError;
            },
            FailFast = message => _ends.Add($"end with {Directory.GetFiles(Stalls, "one.*").Length} files"),
        };

    private static StallReportMetrics Metrics() => new(RuntimeMeter.Create(null, new KeyValuePair<string, object?>("hardening.pipeline.name", "reporter")));

    private List<MetricRecord> Measured(string name) => [.. _measured.Collect().Where(record => record.Name == name)];

    private List<object?> Outcomes(string action) =>
        [.. Measured("hardening.stall.actions").Where(record => action.Equals(record.Tags["hardening.stall.action"])).Select(record => record.Tags["hardening.stall.outcome"])];
}
