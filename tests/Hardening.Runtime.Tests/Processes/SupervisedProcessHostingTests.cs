using System.Globalization;
using Hardening.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Processes;

public sealed class SupervisedProcessHostingTests
{
    [Test, CancelAfter(60_000)]
    public async Task Starts_and_stops_with_the_host_and_is_found_by_its_name(CancellationToken timeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSupervisedProcess("sleeper", options =>
        {
            options.FileName = "sleep";
            options.Arguments.Add("1000");
        });
        builder.Services.AddHealthChecks().AddSupervisedProcesses();
        using var host = builder.Build();
        await host.StartAsync(timeout);
        var kept = host.Services.GetRequiredKeyedService<RestartingProcess>("sleeper");
        var id = kept.Current!.Id;
        Assert.That(Directory.Exists(Invariant($"/proc/{id}")));
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(timeout);
        Assert.That(health.Entries["hardening_children"].Data["sleeper.state"], Is.EqualTo("Running"));
        await host.StopAsync(timeout);
        Assert.That(Directory.Exists(Invariant($"/proc/{id}")), Is.False);
        Assert.That(kept.State, Is.EqualTo(RestartingState.Stopped));
    }

    [Test, CancelAfter(50_000)]
    public async Task The_shutdown_timeout_of_the_host_cuts_the_grace_period_short(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(log);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Services.AddSupervisedProcess("deaf", options =>
        {
            options.FileName = "sh";
            options.Arguments.Add("-c");
            options.Arguments.Add("trap '' TERM; echo deaf; while :; do sleep 1; done");
            options.LogOutput = true;
            options.StopGracePeriod = TimeSpan.FromMinutes(1);
        });
        using var host = builder.Build();
        await host.StartAsync(timeout);
        var kept = host.Services.GetRequiredKeyedService<RestartingProcess>("deaf");
        var id = kept.Current!.Id;
        await Eventually.HoldsAsync(() => log.Records.Any(record => record.EventId == 3420), "the child is deaf", timeout);
        try
        {
            await host.StopAsync(timeout);
        }
        catch (OperationCanceledException)
        {
            // how a host tells of services that needed all of its time
        }

        await Eventually.HoldsAsync(() => kept.State == RestartingState.Stopped, "it is stopped", timeout);
        Assert.That(Directory.Exists(Invariant($"/proc/{id}")), Is.False);
        Assert.That(kept.LastExit?.Signal, Is.EqualTo(9));
    }

    [Test]
    public void Takes_its_options_from_its_own_section_of_the_configuration_and_then_from_code()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Hardening:SupervisedProcess:one:FileName"] = "/usr/bin/recorder",
            ["Hardening:SupervisedProcess:one:Arguments:0"] = "--fps",
            ["Hardening:SupervisedProcess:one:Arguments:1"] = "30",
            ["Hardening:SupervisedProcess:one:WorkingDirectory"] = "/var/lib",
            ["Hardening:SupervisedProcess:one:Environment:LANG"] = "C",
            ["Hardening:SupervisedProcess:one:StopGracePeriod"] = "00:00:02",
            ["Hardening:SupervisedProcess:one:Limits:OpenFiles"] = "64",
            ["Hardening:SupervisedProcess:one:LogOutput"] = "true",
            ["Hardening:SupervisedProcess:one:Restart:RestartOn"] = "Failure",
            ["Hardening:SupervisedProcess:one:Restart:MaxRestarts"] = "3",
            ["Hardening:SupervisedProcess:one:Restart:FirstDelay"] = "00:00:01",
        });
        builder.Services.AddSupervisedProcess("one", options => options.Restart.FirstDelay *= 2);
        builder.Services.AddSupervisedProcess("two", options => options.FileName = "true");
        using var host = builder.Build();
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<RestartingProcessOptions>>();
        var (one, two) = (monitor.Get("one"), monitor.Get("two"));
        Assert.Multiple(() =>
        {
            Assert.That(one.FileName, Is.EqualTo("/usr/bin/recorder"));
            Assert.That(one.Arguments, Is.EqualTo(["--fps", "30"]));
            Assert.That(one.WorkingDirectory, Is.EqualTo("/var/lib"));
            Assert.That(one.Environment, Is.EqualTo(new Dictionary<string, string?> { ["LANG"] = "C" }));
            Assert.That(one.StopGracePeriod, Is.EqualTo(TimeSpan.FromSeconds(2)));
            Assert.That(one.Limits?.OpenFiles, Is.EqualTo(64));
            Assert.That(one.LogOutput);
            Assert.That((one.Restart.RestartOn, one.Restart.MaxRestarts, one.Restart.FirstDelay), Is.EqualTo((RestartOn.Failure, 3, TimeSpan.FromSeconds(2))));
            Assert.That((two.FileName, two.Arguments.Count, two.Restart.MaxRestarts), Is.EqualTo(("true", 0, 10)));
        });
    }

    [Test]
    public void A_bad_configuration_stops_the_host_at_its_start_with_every_error()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Hardening:SupervisedProcess:one:StopGracePeriod"] = "-1",
            ["Hardening:SupervisedProcess:one:Limits:OpenFiles"] = "1",
            ["Hardening:SupervisedProcess:one:Environment:A=B"] = "C",
            ["Hardening:SupervisedProcess:one:Restart:Factor"] = "0",
        });
        builder.Services.AddSupervisedProcess("one");
        using var host = builder.Build();
        Assert.That(() => host.StartAsync(), Throws.TypeOf<OptionsValidationException>()
            .With.Message.Contains("FileName").And.Message.Contains("StopGracePeriod").And.Message.Contains("OpenFiles").And.Message.Contains("Environment").And.Message.Contains("Restart:Factor"));
    }

    [Test]
    public void A_supervisor_with_a_bad_option_stops_the_host_at_its_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Hardening:Supervisor:AnswerTimeout"] = "0" });
        builder.Services.AddSupervisor(options => options.Containment = (Containment)9).AddSupervisor();
        using var host = builder.Build();
        Assert.That(() => host.StartAsync(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("AnswerTimeout").And.Message.Contains("Containment"));
    }

    [Test]
    public void A_name_is_used_once()
    {
        var services = new ServiceCollection().AddSupervisedProcess("one");
        Assert.That(() => services.AddSupervisedProcess("one"), Throws.ArgumentException.With.Message.Contains("'one'"));
    }

    [Test]
    public void A_container_that_disposes_without_waiting_disposes_of_it()
    {
        var provider = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSupervisedProcess("one", options => options.FileName = "true").BuildServiceProvider();
        _ = provider.GetRequiredKeyedService<RestartingProcess>("one");
        Assert.That(provider.Dispose, Throws.Nothing);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
