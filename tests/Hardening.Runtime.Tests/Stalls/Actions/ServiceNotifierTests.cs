using System.Globalization;
using Hardening.Runtime.Tests.Processes;
using Hardening.Stalls;
using Hardening.Stalls.Actions;
using Hardening.Stalls.Reports;

namespace Hardening.Runtime.Tests.Stalls.Actions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LogRecorder _log = new();
    private readonly StallReportMetrics _metrics = new(RuntimeMeter.Create(null));
    private NotifyListener _manager;

    public ServiceNotifierTests() => _manager = new NotifyListener(Path.Combine(_scratch.Path, "notify"));

    public void Dispose()
    {
        _manager.Dispose();
        _log.Dispose();
        _scratch.Dispose();
    }

    [Test]
    public void Nothing_is_told_where_nobody_listens() => Assert.That(Create(socket: null), Is.Null);

    [TestCase("vsock:2:1234")]
    [TestCase("notify")]
    [TestCase("@")]
    public void An_address_that_is_none_is_told_and_left_alone(string address)
    {
        Assert.That(Create(address), Is.Null);
        Assert.That(_log.Records.Single().Message, Does.Contain($"'{address}'"));
    }

    [Test]
    public void A_path_may_be_too_long_for_a_socket() => Assert.That(Create("/" + new string('x', 200)), Is.Null);

    [Test]
    public void Start_and_stop_are_told()
    {
        using var notifier = Create(_manager.Address)!;
        notifier.Ready();
        notifier.Stopping();
        Assert.That(_manager.Take(), Is.EqualTo(new[] { "READY=1", "STOPPING=1" }));
    }

    [Test]
    public void Sockets_without_a_file_are_known()
    {
        using var manager = new NotifyListener($"@hardening-test-{Guid.NewGuid():N}");
        using var notifier = Create(manager.Address)!;
        notifier.Ready();
        Assert.That(manager.Take(), Is.EqualTo(new[] { "READY=1" }));
    }

    [Test]
    public void Pings_at_half_the_period_while_every_critical_activity_moves()
    {
        using var notifier = Create(_manager.Address, watchdog: "20000000")!;
        var times = new List<double>();
        for (var at = 0.0; at < 31; at += 0.2)
        {
            notifier.Tick(allCriticalFresh: true, present: null);
            times.AddRange(_manager.Take().Select(message => message == "WATCHDOG=1" ? Math.Round(at) : throw new InvalidOperationException(message)));
            _time.Advance(TimeSpan.FromSeconds(0.2));
        }

        Assert.That(times, Is.EqualTo(new[] { 0.0, 10, 20, 30 }));
    }

    [Test]
    public void No_ping_while_a_critical_activity_stands_still_and_one_as_soon_as_it_moves()
    {
        using var notifier = Create(_manager.Address, watchdog: "20000000")!;
        Tick(notifier, seconds: 1, fresh: true, present: null);
        _manager.Take();
        Tick(notifier, seconds: 60, fresh: false, present: null);
        Tick(notifier, seconds: 60, fresh: false, StallCause.LockContention);
        Tick(notifier, seconds: 60, fresh: false, StallCause.Unknown);
        Assert.That(_manager.Take(), Is.Empty);
        notifier.Tick(allCriticalFresh: true, present: null);
        Assert.That(_manager.Take(), Is.EqualTo(new[] { "WATCHDOG=1" }));
    }

    [TestCase(StallCause.Throttling)]
    [TestCase(StallCause.ProcessStopped)]
    [TestCase(StallCause.ForeignLoad)]
    public void Pings_go_on_while_the_cause_is_outside(StallCause cause)
    {
        using var notifier = Create(_manager.Address, watchdog: "20000000")!;
        notifier.Ready();
        _manager.Take();
        Tick(notifier, seconds: 35, fresh: false, cause);
        Assert.That(_manager.Take(), Is.EqualTo(Enumerable.Repeat("WATCHDOG=1", 4)));
    }

    [Test]
    public void More_time_is_asked_for_while_the_host_starts_or_stops_and_the_cause_is_outside()
    {
        using var notifier = Create(_manager.Address)!;
        Tick(notifier, seconds: 25, fresh: false, StallCause.Throttling);
        Assert.That(_manager.Take(), Is.EqualTo(Enumerable.Repeat("EXTEND_TIMEOUT_USEC=30000000", 3)));
        Tick(notifier, seconds: 25, fresh: false, StallCause.Deadlock);
        notifier.Ready();
        Tick(notifier, seconds: 25, fresh: false, StallCause.Throttling);
        notifier.Stopping();
        Assert.That(_manager.Take(), Is.EqualTo(new[] { "READY=1", "STOPPING=1" }));
        Tick(notifier, seconds: 5, fresh: false, StallCause.Throttling);
        Assert.That(_manager.Take(), Is.EqualTo(new[] { "EXTEND_TIMEOUT_USEC=30000000" }));
    }

    [TestCase(null, null)]
    [TestCase("0", null)]
    [TestCase("soon", null)]
    [TestCase("-5", null)]
    [TestCase("99999999999999999999", null)]
    [TestCase("20000000", "1")]
    public void No_pings_where_none_are_expected_of_this_process(string? period, string? process)
    {
        using var notifier = Create(_manager.Address, period, process)!;
        Assert.That(notifier.PingEvery, Is.EqualTo(TimeSpan.Zero));
        Tick(notifier, seconds: 60, fresh: true, present: null);
        Assert.That(_manager.Take(), Is.Empty);
        notifier.Ready();
        Assert.That(_manager.Take(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Pings_are_expected_of_the_process_that_is_named()
    {
        using var notifier = Create(_manager.Address, "20000000", Environment.ProcessId.ToString(CultureInfo.InvariantCulture))!;
        Assert.That(notifier.PingEvery, Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void The_status_is_one_line_of_limited_length()
    {
        using var notifier = Create(_manager.Address)!;
        notifier.Status("one\ntwo");
        notifier.Status(new string('x', 5000));
        notifier.Trigger();
        var messages = _manager.Take();
        Assert.That(messages[0], Is.EqualTo("STATUS=one two"));
        Assert.That(messages[1], Has.Length.LessThan(400).And.EndsWith("x…"));
        Assert.That(messages[2], Is.EqualTo("WATCHDOG=trigger"));
    }

    [Test]
    public void A_manager_that_was_gone_is_found_again_and_the_lost_messages_are_counted()
    {
        using var notifier = Create(_manager.Address, watchdog: "4000000")!;
        var address = _manager.Address;
        _manager.Dispose();
        Tick(notifier, seconds: 10, fresh: true, present: null);
        notifier.Ready();
        notifier.Ready();
        Assert.That(notifier.Failures, Is.InRange(7, 15), "about once a second, not at each tick");
        Assert.That(_log.Records.Single().EventId, Is.EqualTo(2021));
        _manager = new NotifyListener(address);
        Tick(notifier, seconds: 2, fresh: true, present: null);
        Assert.That(_manager.Take(), Does.Contain("WATCHDOG=1"));
    }

    [Test, CancelAfter(60_000)]
    public void A_manager_that_does_not_read_blocks_nobody()
    {
        using var notifier = Create(_manager.Address, watchdog: "2")!;
        for (var i = 0; i < 20_000 && notifier.Failures == 0; i++)
        {
            notifier.Tick(allCriticalFresh: true, present: null);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(notifier.Failures, Is.EqualTo(1));
        _manager.Take();
        _time.Advance(TimeSpan.FromSeconds(1));
        notifier.Tick(allCriticalFresh: true, present: null);
        Assert.That(_manager.Take(), Is.EqualTo(new[] { "WATCHDOG=1" }));
    }

    [Test]
    public void A_tick_allocates_nothing()
    {
        using var notifier = Create(_manager.Address, watchdog: "2")!;
        notifier.Ready();
        _manager.Take();
        Assert.That(Allocated(20), Is.Not.Negative); // what is made once is made then
        Assert.That(Allocated(50), Is.Zero);
        Assert.That(_manager.Take(), Is.Not.Empty.And.All.EqualTo("WATCHDOG=1"));

        long Allocated(int ticks)
        {
            var bytes = 0L;
            for (var i = 0; i < ticks; i++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                var before = GC.GetAllocatedBytesForCurrentThread();
                notifier.Tick(allCriticalFresh: true, StallCause.Throttling);
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            return bytes;
        }
    }

    private static void Tick(ServiceNotifier notifier, ManualTimeProvider time, double seconds, bool fresh, StallCause? present)
    {
        for (var left = seconds; left > 0; left -= 0.2)
        {
            notifier.Tick(fresh, present);
            time.Advance(TimeSpan.FromSeconds(0.2));
        }
    }

    private void Tick(ServiceNotifier notifier, double seconds, bool fresh, StallCause? present) => Tick(notifier, _time, seconds, fresh, present);

    private ServiceNotifier? Create(string? socket, string? watchdog = null, string? process = null)
    {
        var environment = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = socket, ["WATCHDOG_USEC"] = watchdog, ["WATCHDOG_PID"] = process };
        return ServiceNotifier.Create(environment.GetValueOrDefault, Environment.ProcessId, _time, _log.CreateLogger("notifier"), _metrics);
    }
}
