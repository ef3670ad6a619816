using System.Buffers.Binary;
using System.Collections.Frozen;
using Hardening.Benchmarks.Peers;
using Hardening.Camera;
using Hardening.Pool;
using Hardening.Stalls;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>Who works on the frames of our pipeline.</summary>
internal enum OurWorkers
{
    Threads,

    /// <summary>Threads that a stall watchdog watches, with its usual options.</summary>
    WatchedThreads,

    /// <summary>The threads of the cameras.</summary>
    Cameras,
    Processes,
}

/// <summary>Our pipeline, with its threads or with a pool of processes.</summary>
internal sealed class OurLine : ICameraLine, IAsyncDisposable
{
    public const string Work = "inspect";
    public const string Sink = "results";

    private const long StartTime = 200_000_000; // nanoseconds, until the pipeline reads its first frame

    private readonly ModelCamera[] _cameras;
    private readonly OurLineFaults _faults;
    private readonly ProcessPool? _processes;
    private readonly FrameResult<FrameFindings> _found = new();
    private readonly FrozenDictionary<string, int> _numbers;
    private readonly ResultBook _book;
    private readonly FramePipeline _pipeline;
    private readonly StallWatchdog? _watchdog;

    public OurLine(Workload workload, ModelCamera[] cameras, ResultBook book, OurWorkers workers, OurLineFaults? faults = null)
    {
        (_cameras, _book, _faults) = (cameras, book, faults ?? new OurLineFaults());
        _numbers = cameras.ToFrozenDictionary(camera => DriverSource.NameOf(camera.Number), camera => camera.Number);
        var builder = new FramePipelineBuilder("cameras") { Options = { MaxAge = workload.WhenFull == Overflow.Deadline ? Workload.Deadline : null } };
        _faults.Configure?.Invoke(builder.Options);
        foreach (var camera in cameras)
        {
            builder.From(new DriverSource(workload, camera, camera.Number == OurLineFaults.Camera ? _faults.Driver : null));
        }

        if (workers == OurWorkers.Processes)
        {
            _processes = new ProcessPool("cameras", WorkerCommand.ThisApplication<InspectionHandler>(), new ProcessPoolOptions { Workers = Workload.Workers, SpareWorkers = _faults.KillsWorker is null ? 0 : 1 });
            var text = workload.ToString();
            var request = System.Text.Encoding.ASCII.GetBytes(" " + text);
            builder.PoolStage(Work, _processes, (in frame, bytes) => Ask(frame, bytes.GetSpan(request.Length), request, bytes), (in frame, in result) => _found.Set(frame, InspectionHandler.Read(result.Payload)), Configure);
        }
        else
        {
            var options = new FrameStageOptions { Workers = workers == OurWorkers.Cameras ? 0 : Workload.Workers };
            Configure(options);
            builder.Stage(Work, () => new InspectionStage(new FrameWork(workload), _found, _faults), options);
        }

        builder.To(Sink, (in frame, _) => Add(frame));
        _watchdog = workers == OurWorkers.WatchedThreads ? new StallWatchdog(new StallWatchdogOptions { Reports = { Directory = null } }) : null;
        _pipeline = builder.Build(watchdog: _watchdog);

        void Configure(FrameStageOptions options)
        {
            options.Lane = workload.WhenFull switch
            {
                Overflow.Latest => LanePolicy.LatestWins,
                Overflow.Wait => LanePolicy.Block(workload.Queue, TimeSpan.FromSeconds(10)),
                _ => LanePolicy.DropOldest(workload.Queue),
            };
            options.Timeout = _faults.StageTimeout ?? options.Timeout;
        }
    }

    public FramePipelineStatistics Statistics => _pipeline.GetStatistics();

    public long Taken => Statistics.Cameras.Sum(camera => camera.Received);

    public long Dropped => Statistics.Cameras.Sum(camera => camera.Dropped);

    public async Task StartAsync(long begin)
    {
        _watchdog?.Start();
        if (_processes is not null)
        {
            await _processes.StartAsync(CancellationToken.None);
        }

        Array.ForEach(_cameras, camera => camera.Begin(Math.Max(begin, MonotonicClock.Now + StartTime)));
        await _pipeline.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _watchdog?.Dispose();
        if (_processes is not null)
        {
            await _processes.DisposeAsync();
        }
    }

    /// <summary>What does not add up in the books; null when all does.</summary>
    public static string? Unbalanced(FramePipelineStatistics statistics, bool atEnd)
    {
        foreach (var camera in statistics.Cameras)
        {
            if (camera.Received != camera.Processed + camera.Dropped + camera.InFlight || (atEnd && camera.InFlight != 0))
            {
                return $"{camera.Camera}: {camera.Received} received, {camera.Processed} processed, {camera.Dropped} dropped, {camera.InFlight} in flight";
            }
        }

        return null;
    }

    private void Ask(in Frame frame, Span<byte> to, byte[] request, System.Buffers.IBufferWriter<byte> bytes)
    {
        request.CopyTo(to);
        to[0] = _faults.KillsWorker is { } kill && kill(_numbers[frame.Info.Camera], frame.Info.Sequence) ? InspectionHandler.Die : (byte)' ';
        bytes.Advance(request.Length);
    }

    private void Add(in Frame frame)
    {
        ref readonly var info = ref frame.Info;
        var camera = _numbers[info.Camera];
        _faults.Sink?.Invoke(frame, camera);
        _book.Add(new DriverFrame(camera, info.Sequence, info.HostTimestamp, DriverMemory.ImageOf(camera, info.Sequence)), _found.Get(frame));
    }

    private sealed class InspectionStage(FrameWork work, FrameResult<FrameFindings> found, OurLineFaults faults) : IFrameStage
    {
        public void Process(in Frame frame, CancellationToken stop)
        {
            faults.Stage?.Invoke(frame);
            found.Set(frame, work.Run(frame.Pixels));
        }
    }
}

/// <summary>What goes wrong in a pipeline, with the frames of one camera.</summary>
internal sealed record OurLineFaults
{
    /// <summary>The camera that has the faults.</summary>
    public const int Camera = 0;

    public DriverFault? Driver { get; init; }

    /// <summary>Called for every frame.</summary>
    public FrameFault? Stage { get; init; }

    public SinkFault? Sink { get; init; }

    /// <summary>Whether the worker that gets this frame of this camera dies of it.</summary>
    public Func<int, long, bool>? KillsWorker { get; init; }

    public TimeSpan? StageTimeout { get; init; }

    public Action<FramePipelineOptions>? Configure { get; init; }
}

internal delegate void FrameFault(in Frame frame);

internal delegate void SinkFault(in Frame frame, int camera);

/// <summary>The work in another process. The request says what is to be done, and whether the worker shall die of it.</summary>
internal sealed class InspectionHandler : IJobHandler
{
    public const byte Die = (byte)'!';

    private FrameWork? _work;

    public static FrameFindings Read(ReadOnlySpan<byte> answer) => new(BinaryPrimitives.ReadInt64LittleEndian(answer), BinaryPrimitives.ReadInt64LittleEndian(answer[sizeof(long)..]));

    public void Run(JobContext job)
    {
        if (job.Request[0] == Die)
        {
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            self.Kill();
        }

        _work ??= new FrameWork(Workload.Parse(System.Text.Encoding.ASCII.GetString(job.Request[1..])));
        var found = _work.Run(job.Frame(0).Pixels);
        var answer = job.Result.GetSpan(2 * sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(answer, found.Bright);
        BinaryPrimitives.WriteInt64LittleEndian(answer[sizeof(long)..], found.Means);
        job.Result.Advance(2 * sizeof(long));
    }
}
