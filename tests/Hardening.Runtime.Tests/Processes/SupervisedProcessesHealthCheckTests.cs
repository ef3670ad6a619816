using Hardening.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Processes;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SupervisedProcessesHealthCheckTests
{
    private static readonly ProcessTreeStatus Fine = new(SupervisorId: 42, Containment.Cgroup, IsGuarded: true, RunningTrees: 1, LeftProcesses: 0, LostSupervisors: 0, EndedOrphans: 3);

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedRuns _runs = new();

    [Test, CancelAfter(60_000)]
    public async Task Healthy_while_all_run_and_tells_what_is_known(CancellationToken timeout)
    {
        await using var kept = await RunningAsync(new RestartPolicy(), timeout);
        var result = await CheckAsync(kept, Fine);
        Assert.That((result.Status, result.Description), Is.EqualTo((HealthStatus.Healthy, default(string))));
        Assert.That(result.Data, Is.EquivalentTo(new Dictionary<string, object>
        {
            ["supervisor_id"] = 42,
            ["containment"] = "Cgroup",
            ["guarded"] = true,
            ["running_trees"] = 1,
            ["left_processes"] = 0L,
            ["lost_supervisors"] = 0L,
            ["ended_orphans"] = 3L,
            ["kept.state"] = "Running",
            ["kept.restarts"] = 0L,
        }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Degraded_while_one_waits_for_its_restart(CancellationToken timeout)
    {
        await using var kept = await RunningAsync(new RestartPolicy(), timeout);
        _runs.Last.ExitWith(3);
        await Eventually.HoldsAsync(() => kept.State == RestartingState.BackingOff, "it backs off", timeout);
        var result = await CheckAsync(kept, Fine);
        Assert.That((result.Status, result.Description), Is.EqualTo((HealthStatus.Degraded, "'kept' is down and will be started again (it exited with code 3).")));
    }

    [TestCase(null, ExpectedResult = HealthStatus.Unhealthy), CancelAfter(60_000)]
    [TestCase(HealthStatus.Degraded, ExpectedResult = HealthStatus.Degraded)]
    public async Task<HealthStatus> Unhealthy_or_what_was_asked_for_when_one_was_given_up(HealthStatus? failureStatus, CancellationToken timeout)
    {
        await using var kept = await RunningAsync(new RestartPolicy { MaxRestarts = 0 }, timeout);
        _runs.Last.ExitWith(3);
        await Eventually.HoldsAsync(() => kept.State == RestartingState.GivenUp, "it is given up", timeout);
        var result = await CheckAsync(kept, Fine, failureStatus);
        Assert.That(result.Description, Is.EqualTo("'kept' was given up (it exited with code 3)."));
        return result.Status;
    }

    [Test, CancelAfter(60_000)]
    public async Task Unhealthy_when_processes_could_not_be_ended(CancellationToken timeout)
    {
        await using var kept = await RunningAsync(new RestartPolicy(), timeout);
        var result = await CheckAsync(kept, Fine with { LeftProcesses = 2 });
        Assert.That((result.Status, result.Description), Is.EqualTo((HealthStatus.Unhealthy, "2 processes could not be ended.")));
    }

    [Test]
    public async Task Degraded_for_five_minutes_after_each_loss_of_a_supervisor()
    {
        var tree = Fine;
        var check = new SupervisedProcessesHealthCheck([], () => tree, _time);
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Healthy));
        tree = Fine with { LostSupervisors = 1 };
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Degraded));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Degraded));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Healthy));
        tree = Fine with { LostSupervisors = 2 };
        Assert.That(await StatusAsync(), Is.EqualTo(HealthStatus.Degraded));

        async Task<HealthStatus> StatusAsync() => (await check.CheckHealthAsync(Context(check, null))).Status;
    }

    [Test]
    public async Task Leaves_out_what_is_not_known_while_there_is_no_supervisor()
    {
        var check = new SupervisedProcessesHealthCheck([], () => default, _time);
        var result = await check.CheckHealthAsync(Context(check, null));
        Assert.That(result.Status, Is.EqualTo(HealthStatus.Healthy));
        Assert.That(result.Data.Keys, Has.None.EqualTo("supervisor_id").And.None.EqualTo("containment"));
    }

    [Test]
    public void Is_registered_under_its_name_and_made_once()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSupervisedProcess("one", options => options.FileName = "true");
        services.AddHealthChecks().AddSupervisedProcesses(tags: ["ready"]);
        using var provider = services.BuildServiceProvider();
        var registration = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single();
        Assert.That((registration.Name, registration.Tags.Single()), Is.EqualTo(("hardening_children", "ready")));
        Assert.That(registration.Factory(provider), Is.SameAs(registration.Factory(provider)));
    }

    private async Task<RestartingProcess> RunningAsync(RestartPolicy policy, CancellationToken timeout)
    {
        var kept = new RestartingProcess("kept", policy, _runs.StartAsync, _time, logger: null, meters: null, new Random(1));
        await kept.StartAsync(timeout);
        return kept;
    }

    private Task<HealthCheckResult> CheckAsync(RestartingProcess kept, ProcessTreeStatus tree, HealthStatus? failureStatus = null)
    {
        var check = new SupervisedProcessesHealthCheck([kept], () => tree, _time);
        return check.CheckHealthAsync(Context(check, failureStatus));
    }

    private static HealthCheckContext Context(SupervisedProcessesHealthCheck check, HealthStatus? failureStatus) =>
        new() { Registration = new HealthCheckRegistration("hardening_children", check, failureStatus, tags: null) };
}
