using Hardening.Stalls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Stalls;

public sealed class StallWatchdogTests
{
    // The thread pool of a busy machine stands still now and then, which is not asked for.
    private static readonly StallWatchdogOptions Brisk = new() { StallAfter = TimeSpan.FromMilliseconds(200), CheckEvery = TimeSpan.FromMilliseconds(10), ThreadPoolStallAfter = TimeSpan.FromHours(1) };

    [Test, CancelAfter(60_000)]
    public async Task Tells_of_a_silent_heartbeat_and_of_its_return_by_event_log_and_metric(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using var metrics = new MetricRecorder();
        using var watchdog = new StallWatchdog(Brisk, logger: log.CreateLogger<StallWatchdog>());
        TaskCompletionSource<StallEventArgs> detected = new(TaskCreationOptions.RunContinuationsAsynchronously), ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        watchdog.StallDetected += (_, stall) => detected.TrySetResult(stall);
        watchdog.StallEnded += (_, stall) => ended.TrySetResult(stall);
        using var heartbeat = watchdog.Track("told-of");
        watchdog.Start();
        var stall = await detected.Task.WaitAsync(timeout);
        Assert.That((stall.Heartbeat, stall.Silence > Brisk.StallAfter), Is.EqualTo(("told-of", true)));
        Assert.That(watchdog.StallCount, Is.EqualTo(1));
        heartbeat.Beat();
        Assert.That((await ended.Task.WaitAsync(timeout)).Silence, Is.GreaterThanOrEqualTo(stall.Silence));
        Assert.That(log.Records.Select(r => r.EventId), Is.SupersetOf(new[] { 2001, 2002 }));
        var told = metrics.Collect().Where(r => r.Tags.GetValueOrDefault("hardening.heartbeat.name") is "told-of").ToList();
        Assert.That(told.Select(r => r.Name), Does.Contain("hardening.stall.detected").And.Contain("hardening.stall.duration"));
    }

    [Test, CancelAfter(120_000)]
    public void Sees_a_stall_while_every_thread_of_the_pool_is_blocked(CancellationToken timeout)
    {
        using var release = new ManualResetEventSlim();
        var blocked = Environment.ProcessorCount * 4;
        using var allOut = new CountdownEvent(blocked);
        for (var i = 0; i < blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    release.Wait(TimeSpan.FromSeconds(100), CancellationToken.None);
                    allOut.Signal();
                },
                null);
        }

        using var watchdog = new StallWatchdog(Brisk);
        using var seen = new ManualResetEventSlim();
        watchdog.StallDetected += (_, _) => seen.Set();
        using var heartbeat = watchdog.Track("starved");
        watchdog.Start();
        var wasSeen = seen.Wait(TimeSpan.FromSeconds(60), timeout);
        release.Set();
        Assert.That(wasSeen);
        Assert.That(allOut.Wait(TimeSpan.FromSeconds(30), timeout));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_handler_that_throws_keeps_neither_the_others_nor_the_next_stall_from_being_told(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using var watchdog = new StallWatchdog(Brisk, logger: log.CreateLogger<StallWatchdog>());
        var told = 0;
        watchdog.StallDetected += (_, _) => throw new FormatException("told to");
        watchdog.StallDetected += (_, _) => Interlocked.Increment(ref told);
        watchdog.Start();
        using var first = watchdog.Track("first");
        await Eventually.HoldsAsync(() => Volatile.Read(ref told) == 1, "the first stall is told", timeout);
        using var second = watchdog.Track("second");
        await Eventually.HoldsAsync(() => Volatile.Read(ref told) == 2, "the second stall is told", timeout);
        Assert.That(log.Records.Count(r => r.EventId == 2004), Is.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public async Task Notices_that_it_woke_late_and_says_what_the_process_used(CancellationToken timeout)
    {
        var time = new ManualTimeProvider();
        using var log = new LogRecorder();
        using var watchdog = new StallWatchdog(Brisk, time, log.CreateLogger<StallWatchdog>());
        watchdog.Start();
        time.Advance(TimeSpan.FromSeconds(17)); // as if nothing had run
        await Eventually.HoldsAsync(() => log.Records.Any(r => r.EventId == 2003), "the late wake-up is told", timeout);
        Assert.That(watchdog.LateWakeUps, Is.EqualTo(1));
        Assert.That(log.Records.Single(r => r.EventId == 2003).Message, Does.Contain("00:00:1").And.Contain("system CPU time"));
    }

    [Test, CancelAfter(60_000)]
    public void May_be_disposed_from_a_handler_before_the_start_and_twice()
    {
        using var fromHandler = new ManualResetEventSlim();
        var watchdog = new StallWatchdog(Brisk);
        watchdog.StallDetected += (_, _) =>
        {
            watchdog.Dispose();
            fromHandler.Set();
        };
        _ = watchdog.Track("any");
        watchdog.Start();
        Assert.That(fromHandler.Wait(TimeSpan.FromSeconds(20)));
        watchdog.Dispose();
        Assert.That(watchdog.Start, Throws.TypeOf<ObjectDisposedException>());
        new StallWatchdog().Dispose();
    }

    [Test]
    public void Names_every_option_that_is_out_of_range()
    {
        var options = new StallWatchdogOptions { StallAfter = TimeSpan.Zero, CheckEvery = TimeSpan.FromHours(1), LateAfter = TimeSpan.Zero, StackLimit = TimeSpan.Zero, ThreadPoolStallAfter = TimeSpan.Zero };
        var thrown = Assert.Throws<OptionsValidationException>(() => new StallWatchdog(options).Dispose());
        Assert.That(thrown!.Failures.Count(), Is.EqualTo(5));
        using var watchdog = new StallWatchdog(Brisk);
        Assert.That(() => watchdog.Track("quick", TimeSpan.FromMilliseconds(5)), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test, CancelAfter(60_000)]
    public async Task Runs_with_the_host_and_takes_its_options_from_the_configuration(CancellationToken timeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Hardening:StallWatchdog:StallAfter"] = "00:00:00.2", ["Hardening:StallWatchdog:CheckEvery"] = "00:00:00.01", ["Hardening:StallWatchdog:ThreadPoolStallAfter"] = "01:00:00" });
        builder.Services.AddStallWatchdog().AddStallWatchdog();
        Assert.That(builder.Services.Count(s => s.ServiceType == typeof(IHostedService)), Is.EqualTo(1));
        using var host = builder.Build();
        await host.StartAsync(timeout);
        var watchdog = host.Services.GetRequiredService<StallWatchdog>();
        using var heartbeat = watchdog.Track("hosted");
        Assert.That(heartbeat.StallAfter, Is.EqualTo(TimeSpan.FromMilliseconds(200)));
        await Eventually.HoldsAsync(() => watchdog.StallCount == 1, "the stall is detected", timeout);
        await host.StopAsync(timeout);
    }

    [Test]
    public void A_bad_configuration_stops_the_host_at_its_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStallWatchdog(options => options.StallAfter = TimeSpan.FromDays(1));
        using var host = builder.Build();
        Assert.That(() => host.StartAsync(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("StallAfter"));
    }
}
