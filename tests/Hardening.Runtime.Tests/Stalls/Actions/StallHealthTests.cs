using Hardening.Runtime.Tests.Stalls.Reports;
using Hardening.Stalls;
using Hardening.Stalls.Actions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Stalls.Actions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StallHealthTests
{
    private static readonly TimeSpan DegradedFor = TimeSpan.FromMinutes(5);

    private readonly ManualTimeProvider _time = new();
    private readonly StallHealth _health;
    private readonly object _importer = new();

    public StallHealthTests() => _health = new StallHealth(_time, DegradedFor);

    [Test]
    public async Task Healthy_while_all_moves()
    {
        _health.Looked();
        Assert.That(await CheckAsync(), Is.EqualTo((HealthStatus.Healthy, default(string))));
    }

    [TestCase(false, ExpectedResult = HealthStatus.Degraded)]
    [TestCase(true, ExpectedResult = HealthStatus.Unhealthy)]
    public async Task<HealthStatus> An_activity_that_stands_still_counts_by_its_weight(bool isCritical)
    {
        _health.Stalled(_importer, Importer, isCritical);
        var (status, description) = await CheckAsync();
        Assert.That(description, Is.EqualTo("importer stands still"));
        return status;
    }

    [Test]
    public async Task The_headline_is_told_as_soon_as_it_is_known()
    {
        _health.Stalled(_importer, Importer, isCritical: true);
        _health.Explained(SampleReports.Report(), counts: true);
        var result = await ResultAsync();
        Assert.That(result.Description, Is.EqualTo(SampleReports.Report().Headline));
        Assert.That(result.Data["cause"], Is.EqualTo("lock_contention"));
        Assert.That(result.Data["since"], Is.EqualTo(_time.GetUtcNow() - Importer.Silence));
    }

    [Test]
    public async Task A_critical_activity_is_told_of_first()
    {
        _health.Stalled(new object(), Importer with { Name = "minor" }, isCritical: false);
        _health.Stalled(_importer, Importer, isCritical: true);
        Assert.That(await CheckAsync(), Is.EqualTo((HealthStatus.Unhealthy, "importer stands still")));
    }

    [Test]
    public async Task Degraded_for_a_time_after_a_stall()
    {
        _health.Stalled(_importer, Importer, isCritical: true);
        _health.Moved(_importer);
        Assert.That(await CheckAsync(), Is.EqualTo((HealthStatus.Degraded, "Over, but lately: importer stood still")));
        _health.Explained(SampleReports.Report(hasEnded: true), counts: true);
        Assert.That(await CheckAsync(), Is.EqualTo((HealthStatus.Degraded, $"Over, but lately: {SampleReports.Report().Headline}")));
        _time.Advance(DegradedFor);
        Assert.That(await CheckAsync(), Is.EqualTo((HealthStatus.Healthy, default(string))));
    }

    [Test]
    public async Task A_cause_that_does_not_count_leaves_the_application_healthy()
    {
        _health.Stalled(_importer, Importer, isCritical: true);
        _health.Explained(SampleReports.Report(cause: StallCause.Throttling), counts: false);
        Assert.That((await CheckAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
        _health.Moved(_importer);
        Assert.That((await CheckAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task A_cause_that_turns_out_not_to_count_when_all_is_over_is_taken_back()
    {
        _health.Stalled(_importer, Importer, isCritical: true);
        _health.Moved(_importer);
        _health.Explained(SampleReports.Report(cause: StallCause.Throttling, hasEnded: true), counts: false);
        Assert.That((await CheckAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task Activities_of_one_name_are_told_apart()
    {
        var other = new object();
        _health.Stalled(_importer, Importer, isCritical: true);
        _health.Stalled(other, Importer, isCritical: false);
        _health.Moved(_importer);
        Assert.That((await CheckAsync()).Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(_health.Present.Stalls.Single().Key, Is.SameAs(other));
        _health.Moved(new object());
        Assert.That(_health.Present.Stalls, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_watchdog_that_hangs_itself_is_not_taken_for_a_sign_of_health()
    {
        _health.Looked();
        _time.Advance(StallsHealthCheck.Blind + TimeSpan.FromSeconds(1));
        Assert.That(await CheckAsync(), Is.EqualTo((HealthStatus.Degraded, "The stall watchdog has not looked for 31 s: it hangs itself, or the process does not run")));
        _health.Looked();
        Assert.That((await CheckAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public void A_look_allocates_nothing()
    {
        _health.Looked();
        var before = GC.GetAllocatedBytesForCurrentThread();
        _health.Looked();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void Writers_lose_nothing_of_each_other()
    {
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 500; i++)
            {
                var key = new object();
                _health.Stalled(key, Importer, isCritical: false);
                _health.Explained(SampleReports.Report(), counts: true);
                _health.Moved(key);
            }
        });
        Assert.That(_health.Present.Stalls, Is.Empty);
    }

    [Test]
    public async Task A_host_answers_by_its_watchdog()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddHealthChecks().AddStalls(tags: ["ready"]);
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value;
        Assert.That(options.Registrations.Single(), Has.Property("Name").EqualTo("hardening_stalls").And.Property("Tags").EquivalentTo(new[] { "ready" }));
        var watchdog = provider.GetRequiredService<StallWatchdog>();
        watchdog.Health.Stalled(_importer, Importer, isCritical: true);
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.That(report.Status, Is.EqualTo(HealthStatus.Unhealthy));
    }

    private static StalledActivity Importer => SampleReports.Report().Activities[0];

    private async Task<(HealthStatus Status, string? Description)> CheckAsync()
    {
        var result = await ResultAsync();
        return (result.Status, result.Description);
    }

    private Task<HealthCheckResult> ResultAsync()
    {
        var check = new StallsHealthCheck(_health);
        var answer = check.CheckHealthAsync(new HealthCheckContext { Registration = new HealthCheckRegistration("stalls", check, failureStatus: null, tags: null) });
        Assert.That(answer.IsCompleted, "the check waits for something");
        return answer;
    }
}
