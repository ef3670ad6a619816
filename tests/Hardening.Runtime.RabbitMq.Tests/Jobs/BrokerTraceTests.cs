using System.Collections.Concurrent;
using System.Diagnostics;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>A trace from a caller through the broker and a host into the worker process, which answers what it was told.</summary>
[NonParallelizable] // a listener hears all of the process
public sealed class BrokerTraceTests
{
    private const string Application = "Hardening.Runtime.RabbitMq.Tests";

    private static readonly ActivitySource Source = new(Application);

    private TestLine _line = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        _line = await TestLine.StartAsync("traced", limit.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _line.DisposeAsync();

    [Test, CancelAfter(120_000)]
    public async Task Each_step_is_a_child_of_the_one_before_and_the_last_is_told_to_the_worker(CancellationToken timeout)
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Hardening.Runtime" or Application,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        string told;
        using (var order = Source.StartActivity("order")!)
        {
            order.TraceStateString = "shop=2f1a";
            told = await _line.RunAsync("trace", default, timeout);
        }

        await Eventually.HoldsAsync(() => ended.Count(span => span.Source.Name == "Hardening.Runtime") == 3 && ended.Any(span => span.DisplayName == "order"), "all have ended", timeout);
        var spans = ended.ToDictionary(span => span.DisplayName);
        string[] steps = ["order", "send hardening.pool.traced", "process hardening.pool.traced", "job traced"];
        Assert.That(spans.Keys, Is.EquivalentTo(steps));
        Assert.That(steps.Skip(1).Select(step => spans[step].ParentSpanId), Is.EqualTo(steps.SkipLast(1).Select(step => spans[step].SpanId)));
        Assert.That(spans.Values.Select(span => span.TraceId), Is.All.EqualTo(spans["order"].TraceId));
        Assert.That(told, Is.EqualTo($"{spans["job traced"].Id} shop=2f1a"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Where_nobody_listens_the_worker_is_told_the_trace_all_the_same(CancellationToken timeout)
    {
        using var caller = new Activity("request").SetParentId("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        caller.TraceStateString = "shop=2f1a";
        caller.Start();
        Assert.That(await _line.RunAsync("trace", default, timeout), Does.Match("^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01 shop=2f1a$"));
        caller.Stop();
        Assert.That(await _line.RunAsync("trace", default, timeout), Is.EqualTo("- -"), "a job of no trace");
    }
}
