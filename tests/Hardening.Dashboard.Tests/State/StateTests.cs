using System.Text.Json;
using Hardening.Camera;
using Hardening.Dashboard.Serving;
using Hardening.Dashboard.State;
using Hardening.Pool;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hardening.Dashboard.Tests.State;

/// <summary>The state as JSON: what the page of the dashboard promises, and that it is true.</summary>
[CancelAfter(120_000)]
public sealed class StateTests
{
    private const string HostileName = "<img src=x onerror=\"alert(1)\">";

    private static readonly string WorkerPath = Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll");

    private DashboardHost _host = null!;
    private EventReader _looker = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var camera = new ScriptedFrameSource(HostileName) { FrameRate = 30 };
        _host = await DashboardHost.StartAsync(limit.Token, services =>
        {
            services.AddFramePipeline("line", pipeline => pipeline
                .From(new SyntheticFrameSource(new SyntheticFrameSourceOptions { Name = "left", Width = 64, Height = 64, Frames = 40, FrameRate = null }))
                .From(camera)
                .Stage("inspect", (in frame, _) =>
                {
                    if (frame.Info.Camera == HostileName && frame.Info.Sequence % 2 == 1)
                    {
                        throw new InvalidOperationException("every other frame");
                    }
                }, new FrameStageOptions { Workers = 0 }));
            services.AddProcessPool("inspect", pool => pool.UseExecutable(WorkerPath, "pool-worker").Configure(options => (options.Workers, options.SpareWorkers, options.PoisonAfter) = (1, 0, 1)));
            services.AddStallWatchdog(watchdog => (watchdog.StallAfter, watchdog.Reports.Directory) = (TimeSpan.FromHours(1), null));
        }, options => options.UpdateEvery = TimeSpan.FromMilliseconds(200));
        _looker = await EventReader.OpenAsync(_host, limit.Token);
        await _looker.NextAsync("state", _ => true, limit.Token);
        await _looker.NextAsync("state", _ => true, limit.Token); // the second is told to all: jobs are timed by now
        camera.Send(10);
        var line = _host.Services.GetRequiredKeyedService<FramePipeline>("line");
        await Eventually.HoldsAsync(() => line.GetStatistics().Cameras.Sum(each => each.Received) == 50, "all frames have come", limit.Token);
        var pool = _host.Services.GetRequiredKeyedService<ProcessPool>("inspect");
        using var answer = await pool.RunAsync("echo"u8.ToArray(), cancellationToken: limit.Token);
        await Assert.ThrowsAsync<PoisonJobException>(async () => await pool.RunAsync("exit 3"u8.ToArray(), cancellationToken: limit.Token));
        await Eventually.HoldsAsync(() => pool.Statistics is { ReadyWorkers: 1, QuarantinedJobs: 1 }, "the worker was replaced", limit.Token);
        _host.Dashboard.Stalls.Reported(TestReports.Report("one", activity: "importer"));
        _host.Dashboard.Stalls.Detected(new StallEventArgs("writer", TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch));
        while (!IsWhole(await _host.StateAsync(limit.Token)))
        {
            // a state that is told may be from a moment before
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _looker.Dispose();
        await _host.DisposeAsync();
    }

    private static bool IsWhole(JsonElement state) =>
        state.GetProperty("pools")[0] is var pool && Number(pool, "ready") == 1 && Number(pool, "quarantined") == 1 && state.GetProperty("stalls").GetArrayLength() == 2;

    [Test]
    public async Task State_has_the_fields_of_the_example_and_no_others(CancellationToken timeout)
    {
        using var example = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Baseline.RepositoryRoot, "docs", "runtime", "dashboard-state.json"), timeout));
        var state = await _host.StateAsync(timeout);
        Assert.That(Shape(state), Is.SupersetOf(Shape(example.RootElement).Where(path => !path.StartsWith("/kept[]/", StringComparison.Ordinal))));
        Assert.That(Shape(example.RootElement), Is.SupersetOf(Shape(state)));
    }

    [Test]
    public async Task Frames_of_a_camera_add_up_and_its_losses_have_reasons(CancellationToken timeout)
    {
        var cameras = (await _host.StateAsync(timeout)).GetProperty("cameras").EnumerateArray().ToList();
        foreach (var camera in cameras)
        {
            var dropped = camera.GetProperty("dropped").EnumerateArray().Sum(drop => Number(drop, "count"));
            Assert.That(Number(camera, "received"), Is.EqualTo(Number(camera, "processed") + Number(camera, "inFlight") + dropped));
            Assert.That(camera.GetProperty("latency").GetProperty("buckets").EnumerateArray().Sum(bucket => Number(bucket, "count")), Is.EqualTo(Number(camera, "processed")));
        }

        var (left, hostile) = (cameras[0], cameras[1]);
        Assert.That((left.GetProperty("state").GetString(), Number(left, "width"), left.GetProperty("nominalRate").ValueKind, left.GetProperty("pixelFormat").GetString()), Is.EqualTo(("stopped", 64, JsonValueKind.Null, "Mono8")));
        Assert.That((hostile.GetProperty("camera").GetString(), hostile.GetProperty("nominalRate").GetDouble()), Is.EqualTo((HostileName, 30)));
        var drop = hostile.GetProperty("dropped").EnumerateArray().Single();
        Assert.That((drop.GetProperty("place").GetString(), drop.GetProperty("reason").GetString(), Number(drop, "count")), Is.EqualTo(("inspect", "stage_failed", 5)));
    }

    [Test]
    public async Task Names_are_escaped_so_that_no_reader_takes_them_for_markup(CancellationToken timeout)
    {
        var text = await _host.Client.GetStringAsync(new Uri("hardening/api/state", UriKind.Relative), timeout);
        Assert.That(text, Does.Contain("onerror").And.Not.Contain("<").And.Not.Contain("'"));
    }

    [Test]
    public async Task A_pool_tells_its_jobs_its_worker_and_what_it_begins_no_more(CancellationToken timeout)
    {
        var state = await _host.StateAsync(timeout);
        var pool = state.GetProperty("pools").EnumerateArray().Single();
        Assert.That(
            (Number(pool, "workers"), Number(pool, "ready"), Number(pool, "submitted"), Number(pool, "succeeded"), Number(pool, "failed"), Number(pool, "restarts"), Number(pool, "quarantined")),
            Is.EqualTo((1, 1, 2, 1, 1, 1, 1)));
        var exit = pool.GetProperty("exits").EnumerateArray().Single();
        Assert.That((exit.GetProperty("reason").GetString(), Number(exit, "count")), Is.EqualTo(("crashed", 1)));
    }

    [Test]
    public async Task Children_are_the_worker_and_neither_supervisor_nor_guard(CancellationToken timeout)
    {
        var host = await DashboardHost.StartAsync(timeout); // a first look of its own: those of another may be two seconds old
        await using (host)
        {
            var state = await host.StateAsync(timeout);
            Assert.That(Number(state.GetProperty("supervisor"), "processId"), Is.GreaterThan(0));
            var worker = state.GetProperty("children").EnumerateArray().Single(child => child.GetProperty("isSupervised").GetBoolean());
            Assert.That(Number(worker, "parentId"), Is.Zero);
            Assert.That(Number(worker, "rssBytes"), Is.GreaterThan(1 << 20));
            Assert.That(worker.GetProperty("path").GetString(), Does.StartWith("/"));
            Assert.That(worker.GetProperty("startedAt").GetDateTimeOffset(), Is.GreaterThan(state.GetProperty("host").GetProperty("startedAt").GetDateTimeOffset().AddSeconds(-2)));
        }
    }

    [Test]
    public void Rates_are_there_at_the_second_look()
    {
        var time = new ManualTimeProvider();
        var rates = new Rates(time);
        Assert.That(Look(100), Is.Null, "nobody looked before");
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.That(Look(110), Is.Null, "too short a time");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Look(140), Is.EqualTo(40 / 1.1).Within(1e-9));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.That(Look(170), Is.EqualTo(10).Within(1e-9), "the oldest look is too old");
        time.Advance(TimeSpan.FromHours(1));
        Assert.That(Look(170), Is.Null);

        double? Look(long count)
        {
            rates.Begin();
            return rates.Of("line", "left", count);
        }
    }

    [Test]
    public async Task A_state_is_read_once_for_all_who_ask_at_the_same_time(CancellationToken timeout)
    {
        var reads = 0;
        using var go = new ManualResetEventSlim();
        var feed = new StateFeed(() =>
        {
            Interlocked.Increment(ref reads);
            Assert.That(go.Wait(TimeSpan.FromSeconds(60), timeout));
            return DashboardStateSample.Make();
        }, TimeProvider.System);
        var asked = Enumerable.Range(0, 50).Select(_ => feed.GetAsync(TimeSpan.Zero)).ToList();
        go.Set();
        var texts = await Task.WhenAll(asked).WaitAsync(timeout);
        Assert.That(texts, Has.All.SameAs(texts[0]));
        Assert.That(reads, Is.EqualTo(1));
        Assert.That(await feed.GetAsync(TimeSpan.FromHours(1)), Is.SameAs(texts[0]), "it is fresh enough");
        Assert.That(await feed.GetAsync(TimeSpan.Zero), Is.Not.SameAs(texts[0]));
    }

    [Test]
    public async Task Limits_out_of_range_are_told_before_the_host_starts(CancellationToken timeout)
    {
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(async () => await DashboardHost.StartAsync(timeout, options: options => (options.MaxBrowsers, options.PicturesPerSecond) = (0, 26)));
        Assert.That(thrown!.Message, Does.Contain("MaxBrowsers: must be 1 to 1024, but is 0.").And.Contain("PicturesPerSecond: must be 0 to 25, but is 26."));
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    // The paths of all fields; what an array holds is one path, whatever their number.
    private static HashSet<string> Shape(JsonElement element)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        Walk(element, "");
        return paths;

        void Walk(JsonElement at, string path)
        {
            if (at.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in at.EnumerateObject())
                {
                    paths.Add($"{path}/{property.Name}");
                    Walk(property.Value, $"{path}/{property.Name}");
                }
            }
            else if (at.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in at.EnumerateArray())
                {
                    Walk(item, path + "[]");
                }
            }
        }
    }
}
