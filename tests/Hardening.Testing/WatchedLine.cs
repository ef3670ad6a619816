using System.Globalization;
using Hardening.Camera;

namespace Hardening.Testing;

/// <summary>
/// A pipeline whose promises are looked after while a test does to it what it likes: the books of each camera add up at any time and never go back; at the end nothing is in flight, no buffer is
/// out, no thread is left, and every camera is closed.
/// </summary>
public sealed class WatchedLine : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(1);
    private static int s_lines;

    private readonly string _id = string.Create(CultureInfo.InvariantCulture, $"w{Interlocked.Increment(ref s_lines)}"); // threads are found by their names, of which the system keeps 15 characters
    private readonly ManualResetEventSlim _ended = new();
    private readonly List<LineCamera> _cameras = [];
    private readonly List<Gate> _gates = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CameraStatistics> _before = [];
    private readonly List<string> _broken = [];
    private FramePipeline? _pipeline;
    private Task _watching = Task.CompletedTask;

    /// <summary>Begins one.</summary>
    /// <param name="options">Its limits. Default: times to drain and to stop that no test should need.</param>
    /// <param name="time">Its clock.</param>
    public WatchedLine(FramePipelineOptions? options = null, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Builder = new FramePipelineBuilder(_id) { Options = options ?? Patient() };
    }

    public FramePipelineBuilder Builder { get; }

    public TimeProvider Time { get; }

    public LogRecorder Log { get; } = new();

    public FramePipeline Pipeline => _pipeline ?? throw new InvalidOperationException("The line has not been built.");

    public FramePipelineStatistics Statistics => Pipeline.GetStatistics();

    /// <summary>Where most faults are not a matter of time.</summary>
    public static FramePipelineOptions Patient() => new()
    {
        DrainTimeout = TimeSpan.FromSeconds(30), StopTimeout = TimeSpan.FromSeconds(30), ReadTimeout = TimeSpan.FromMilliseconds(5), SilentAfter = TimeSpan.FromHours(1),
    };

    /// <summary>A name that no other line has.</summary>
    public string Name(string part) => $"{_id}.{part}";

    /// <summary>Adds a scripted camera.</summary>
    public LineCamera AddCamera(string name, double? frameRate = null, bool isTriggered = false)
    {
        var camera = new LineCamera(Name(name)) { FrameRate = frameRate, IsTriggered = isTriggered };
        Builder.From(camera);
        _cameras.Add(camera);
        return camera;
    }

    /// <summary>Makes a gate that is open at the end of the test at the latest.</summary>
    /// <param name="holds">The frames that are held, by camera and number. Default: all.</param>
    public Gate AddGate(Func<string, long, bool>? holds = null)
    {
        var gate = new Gate(holds);
        _gates.Add(gate);
        return gate;
    }

    public FramePipeline Build()
    {
        _pipeline = Builder.Build(Time, Log);
        _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return _pipeline;
    }

    public Task StartAsync(CancellationToken timeout) => Build().StartAsync(timeout);

    /// <summary>What became of a camera's frames.</summary>
    public CameraStatistics Of(IFrameSource camera) => Statistics.Cameras.Single(one => one.Camera == camera.Name);

    /// <summary>Sends frames one by one, each when the one before was processed: none of them may be lost.</summary>
    public async Task FlowAsync(LineCamera camera, int frames, CancellationToken timeout)
    {
        var processed = Of(camera).Processed;
        for (var i = 1; i <= frames; i++)
        {
            camera.Send();
            await UntilAsync(() => Of(camera).Processed == processed + i, $"frame {i} of {frames} of {camera.Name} is processed", timeout);
        }
    }

    /// <summary>Waits, and tells how the line stands where it does not come about.</summary>
    public Task UntilAsync(Func<bool> condition, string description, CancellationToken timeout) =>
        Eventually.HoldsAsync(() => timeout.IsCancellationRequested ? throw new AssertionException($"It did not come about that {description}: {Describe()}") : condition(), description, timeout);

    /// <summary>Lets the line's clock run, one step at a time, until it has come about.</summary>
    public Task PassAsync(TimeSpan step, Func<bool> condition, string description, CancellationToken timeout) => UntilAsync(
        () =>
        {
            if (condition())
            {
                return true;
            }

            ((ManualTimeProvider)Time).Advance(step);
            return false;
        },
        description, timeout);

    /// <summary>The drops of a camera, as edge, reason and count, without the names of this line.</summary>
    public IEnumerable<FrameDrops> DropsOf(IFrameSource camera) => Of(camera).Drops.Select(drop => drop with { Edge = drop.Edge.Replace(_id + ".", "", StringComparison.Ordinal) });

    /// <summary>Stops it, and checks that nothing is left of it.</summary>
    public async Task EndAsync(CancellationToken timeout)
    {
        await Pipeline.StopAsync(timeout);
        await EndedAsync(timeout);
    }

    /// <summary>Checks that nothing is left: after a stop, or a start that has failed.</summary>
    public async Task EndedAsync(CancellationToken timeout)
    {
        await UntilAsync(() => Statistics.Cameras.All(camera => camera.InFlight == 0), "no frame is in flight", timeout);
        await UntilAsync(() => Statistics.HeldBuffers == 0, "no buffer is out", timeout);
        await Pipeline.Completion.WaitAsync(timeout);
        await Pipeline.DisposeAsync();
        await StopWatchingAsync();
        await UntilAsync(() => Threads().Count == 0, $"no thread is left of {string.Join(", ", Threads())}", timeout);
        Assert.That(_cameras.Where(camera => !camera.IsDisposed).Select(camera => camera.Name), Is.Empty, "cameras are left open");
        Look(Statistics);
        lock (_gate)
        {
            Assert.That(_broken, Is.Empty, Describe());
        }

        Assert.That(Statistics.Cameras.Select(camera => camera.Received - camera.Processed - camera.Dropped), Is.All.Zero, Describe());
        Assert.That(_cameras.Select(camera => Of(camera).Received), Is.EqualTo(_cameras.Select(camera => camera.Delivered)), "every frame that was handed over is in the books");
    }

    /// <summary>The threads of the line that there are now.</summary>
    public IReadOnlyList<string> Threads() => [.. Directory.EnumerateDirectories("/proc/self/task").Select(Comm).Where(name => name.StartsWith(_id + ".", StringComparison.Ordinal))];

    public string Describe() => string.Join("; ", Statistics.Cameras.Select(camera =>
        $"{camera.Camera} {camera.State}: received {camera.Received}, processed {camera.Processed}, in flight {camera.InFlight}, lost {camera.Lost}, outages {camera.Outages}, reconnects {camera.Reconnects}, dropped [{string.Join(", ", camera.Drops)}] {camera.Failure?.Message}"));

    public async ValueTask DisposeAsync()
    {
        _gates.ForEach(gate => gate.Dispose());
        _cameras.ForEach(camera => camera.Release());
        await StopWatchingAsync();
        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync();
        }
    }

    private Task StopWatchingAsync()
    {
        _ended.Set();
        return _watching.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private void Watch()
    {
        while (!_ended.Wait(LookEvery))
        {
            Look(Statistics);
        }
    }

    private void Look(FramePipelineStatistics statistics)
    {
        lock (_gate)
        {
            foreach (var camera in statistics.Cameras)
            {
                Check(camera.Received == camera.Processed + camera.Dropped + camera.InFlight && camera.InFlight >= 0, camera, "the books do not add up");
                if (_before.TryGetValue(camera.Camera, out var before))
                {
                    Check(camera.Received >= before.Received && camera.Processed >= before.Processed && camera.Dropped >= before.Dropped && camera.Lost >= before.Lost, camera, "a count went back");
                }

                _before[camera.Camera] = camera;
            }
        }
    }

    // Under the gate.
    private void Check(bool holds, CameraStatistics camera, string otherwise)
    {
        if (!holds && _broken.Count < 10)
        {
            _broken.Add($"{otherwise}: {camera.Camera} received {camera.Received}, processed {camera.Processed}, dropped {camera.Dropped}, in flight {camera.InFlight}");
        }
    }

    private static string Comm(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return ""; // gone meanwhile
        }
    }
}
