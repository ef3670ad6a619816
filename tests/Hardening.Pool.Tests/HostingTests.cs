using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Hardening.Pool.Tests;

/// <summary>A pool as a service of a host.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HostingTests : IDisposable
{
    private static readonly string WorkerPath = Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll");

    private readonly Marks _marks = new();

    public void Dispose() => _marks.Dispose();

    [Test]
    public async Task It_starts_with_the_host_is_healthy_and_finishes_its_jobs_when_the_host_stops(CancellationToken timeout)
    {
        using var host = Build(TimeSpan.FromSeconds(30));
        await host.StartAsync(timeout);
        var pool = host.Services.GetRequiredKeyedService<ProcessPool>("one");
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(timeout);
        Assert.That(health.Entries["hardening_pools"].Status, Is.EqualTo(HealthStatus.Healthy));
        var jobs = Enumerable.Range(0, 6).Select(_ => pool.RunAsync("sleep 0.1"u8.ToArray(), default, timeout).AsTask()).ToList();
        await host.StopAsync(timeout);
        foreach (var job in jobs)
        {
            using var result = await job;
            Assert.That(Encoding.UTF8.GetString(result.Payload), Is.EqualTo("slept"));
        }

        Assert.That(Leftovers.Workers(), Is.Empty);
        health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(timeout);
        Assert.That(health.Entries["hardening_pools"].Status, Is.EqualTo(HealthStatus.Unhealthy));
    }

    [Test]
    public async Task The_shutdown_timeout_of_the_host_cuts_it_short(CancellationToken timeout)
    {
        using var host = Build(TimeSpan.FromMilliseconds(200));
        await host.StartAsync(timeout);
        var mark = _marks.Next();
        var job = host.Services.GetRequiredKeyedService<ProcessPool>("one").RunAsync(Encoding.UTF8.GetBytes($"hang {mark}"), default, timeout).AsTask();
        await Marks.MadeAsync(mark, timeout);
        try
        {
            await host.StopAsync(timeout);
        }
        catch (OperationCanceledException)
        {
            // How a host tells of services that needed all of its time.
        }

        await Assert.CatchAsync(() => job);
        await Eventually.HoldsAsync(() => Leftovers.Workers().Count == 0, "no worker is left", timeout);
    }

    private static IHost Build(TimeSpan shutdown)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdown);
        builder.Services.AddProcessPool("one", pool => pool.UseExecutable(WorkerPath, "pool-worker").Configure(options => (options.Workers, options.SpareWorkers) = (2, 0)));
        builder.Services.AddHealthChecks().AddProcessPools();
        return builder.Build();
    }
}
