using System.Buffers;
using System.Text;
using Hardening.Pool;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Pool;

public sealed class ProcessPoolHostingTests
{
    private static readonly JobContract<string, string> Texts = JobContract.Create<string, string>(
        (output, text) => output.Write(Encoding.UTF8.GetBytes(text)), bytes => Encoding.UTF8.GetString(bytes), (output, text) => output.Write(Encoding.UTF8.GetBytes(text)), bytes => Encoding.UTF8.GetString(bytes));

    [Test]
    public async Task Takes_its_options_from_its_own_section_of_the_configuration_and_then_from_code()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Hardening:ProcessPool:one:Workers"] = "3",
            ["Hardening:ProcessPool:one:WhenFull"] = "DropOldest",
            ["Hardening:ProcessPool:one:JobTimeout"] = "00:00:05",
            ["Hardening:ProcessPool:one:SoftTimeout"] = "00:00:02",
            ["Hardening:ProcessPool:one:MaxJobsPerWorker"] = "1000",
            ["Hardening:ProcessPool:one:RecycleJitter"] = "0.2",
            ["Hardening:ProcessPool:one:MaxWorkerBytes"] = "4000000000",
            ["Hardening:ProcessPool:one:Limits:OpenFiles"] = "64",
        });
        builder.Services.AddProcessPool("one", pool => pool.UseExecutable("worker").Configure(options => options.Workers *= 2).Configure(options => options.Workers++));
        builder.Services.AddProcessPool("two", Texts, pool => pool.UseExecutable("worker"));
        using var host = builder.Build();
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<ProcessPoolOptions>>();
        var one = monitor.Get("one");
        Assert.That((one.Workers, one.WhenFull, one.JobTimeout, one.SoftTimeout), Is.EqualTo((7, PoolFullMode.DropOldest, TimeSpan.FromSeconds(5), (TimeSpan?)TimeSpan.FromSeconds(2))));
        Assert.That((one.MaxJobsPerWorker, one.RecycleJitter, one.MaxWorkerBytes, one.Limits?.OpenFiles), Is.EqualTo(((int?)1000, 0.2, (long?)4_000_000_000, (int?)64)));
        Assert.That(monitor.Get("two").Workers, Is.EqualTo(new ProcessPoolOptions().Workers));
        var typed = host.Services.GetRequiredKeyedService<ProcessPool<string, string>>("two");
        Assert.That(typed.Raw, Is.SameAs(host.Services.GetRequiredKeyedService<ProcessPool>("two")));
        Assert.That(typed.Raw.Name, Is.EqualTo("two"));
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Test, CancelAfter(60_000)]
    public void An_option_out_of_its_range_keeps_the_host_from_starting(CancellationToken timeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddProcessPool("one", pool => pool.UseExecutable("worker").Configure(options => options.Workers = 0));
        using var host = builder.Build();
        Assert.That(() => host.StartAsync(timeout), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Workers"));
    }

    [Test]
    public void A_name_is_given_once_and_a_pool_has_workers_of_one_kind()
    {
        var services = new ServiceCollection();
        services.AddProcessPool("one", pool => pool.UseExecutable("worker"));
        Assert.That(() => services.AddProcessPool("one", pool => pool.UseExecutable("worker")), Throws.ArgumentException.With.Message.Contains("'one'"));
        Assert.That(() => services.AddProcessPool("one", Texts, pool => pool.UseExecutable("worker")), Throws.ArgumentException);
        Assert.That(() => services.AddProcessPool("two", _ => { }), Throws.ArgumentException.With.Message.Contains("UseWorker"));
        Assert.That(() => services.AddProcessPool("three", pool => pool.UseExecutable("a").UseExecutable("b")), Throws.InvalidOperationException);
    }

    [Test]
    public async Task The_health_check_is_registered_under_its_name_and_sees_all_pools()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddProcessPool("one", pool => pool.UseExecutable("worker"));
        services.AddProcessPool("two", pool => pool.UseExecutable("worker"));
        services.AddHealthChecks().AddProcessPools(tags: ["ready"]);
        await using var provider = services.BuildServiceProvider();
        var registration = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single();
        Assert.That((registration.Name, registration.Tags.Single()), Is.EqualTo(("hardening_pools", "ready")));
        var health = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["hardening_pools"];
        Assert.That((health.Status, health.Description), Is.EqualTo((HealthStatus.Unhealthy, "pool 'one' has no worker; pool 'two' has no worker")));
    }
}
