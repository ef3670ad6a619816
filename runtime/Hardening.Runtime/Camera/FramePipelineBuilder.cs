using Hardening.Stalls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>Work on one lent frame; see <see cref="IFrameStage.Process"/> and <see cref="IFrameSink.Consume"/>.</summary>
public delegate void FrameAction(in Frame frame, CancellationToken stop);

/// <summary>Puts a <see cref="FramePipeline"/> together: cameras, then stages in the order of the work, then sinks.</summary>
public sealed class FramePipelineBuilder
{
    private readonly List<IFrameSource> _sources = [];
    private readonly List<FrameStageDefinition> _stages = [];
    private readonly List<IFrameSink> _sinks = [];
    private LanePolicy? _sinkLane;

    /// <summary>Begins a pipeline.</summary>
    /// <param name="name">The name in metrics, logs and the names of threads.</param>
    public FramePipelineBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>The name in metrics, logs and the names of threads.</summary>
    public string Name { get; }

    /// <summary>The limits. A host binds them to <c>Hardening:FramePipeline:name</c> before the builder is configured.</summary>
    public FramePipelineOptions Options { get; init; } = new();

    /// <summary>Adds a camera, which the pipeline owns from here on.</summary>
    public FramePipelineBuilder From(IFrameSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _sources.Add(source);
        return this;
    }

    /// <summary>Adds a synthetic camera.</summary>
    public FramePipelineBuilder FromSynthetic(SyntheticFrameSourceOptions options) => From(new SyntheticFrameSource(options));

    /// <summary>Adds a stage whose workers share one instance, which must bear that.</summary>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="process">The work.</param>
    /// <param name="workers">The number of threads of this stage, 1 to 1,024.</param>
    /// <param name="lane">The hand-off before the stage. Default: <see cref="LanePolicy.DropOldest"/> of 4 for the first stage, so that capture never waits; <see cref="LanePolicy.Block"/> of 4 for up to 1 s after that, so that work that was done is not thrown away.</param>
    /// <param name="parallelPerCamera">How many frames of one camera are worked on at once, 1 to 64. They leave the stage in order whatever it is. Default 1.</param>
    public FramePipelineBuilder Stage(string name, FrameAction process, int workers = 1, LanePolicy? lane = null, int parallelPerCamera = 1)
    {
        ArgumentNullException.ThrowIfNull(process);
        var stage = new DelegateStage(process);
        return Stage(name, () => stage, workers, lane, parallelPerCamera);
    }

    /// <summary>Adds a stage with an instance for each of its workers, which may keep buffers of its own. They are disposed at the end, if they are disposable.</summary>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="createForWorker">Makes the instance of one worker. Called when the pipeline starts.</param>
    /// <param name="workers">The number of threads of this stage, 1 to 1,024.</param>
    /// <param name="lane">The hand-off before the stage, with the same default as above.</param>
    /// <param name="parallelPerCamera">How many frames of one camera are worked on at once, 1 to 64. They leave the stage in order whatever it is. Default 1.</param>
    public FramePipelineBuilder Stage(string name, Func<IFrameStage> createForWorker, int workers = 1, LanePolicy? lane = null, int parallelPerCamera = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelPerCamera, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parallelPerCamera, 64);
        return Stage(name, createForWorker, new FrameStageOptions { Workers = workers, Lane = lane, ParallelPerCamera = parallelPerCamera });
    }

    /// <summary>Adds a stage whose workers share one instance, which must bear that.</summary>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="process">The work.</param>
    /// <param name="options">How it works; read now.</param>
    public FramePipelineBuilder Stage(string name, FrameAction process, FrameStageOptions options)
    {
        ArgumentNullException.ThrowIfNull(process);
        var stage = new DelegateStage(process);
        return Stage(name, () => stage, options);
    }

    /// <summary>Adds a stage with an instance for each of its workers, which may keep buffers of its own. They are disposed at the end, if they are disposable.</summary>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="createForWorker">Makes the instance of one worker, or of one camera where there are no threads. Called when the pipeline starts, and when a worker that hangs is replaced.</param>
    /// <param name="options">How it works; read now.</param>
    public FramePipelineBuilder Stage(string name, Func<IFrameStage> createForWorker, FrameStageOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(createForWorker);
        ArgumentNullException.ThrowIfNull(options);
        if (_stages.Any(stage => stage.Name == name))
        {
            throw new ArgumentException($"Pipeline '{Name}' already has a stage '{name}'.", nameof(name));
        }

        if (new FrameStageOptionsValidator().Validate(name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(name, typeof(FrameStageOptions), failed.Failures!);
        }

        _stages.Add(new FrameStageDefinition(name, createForWorker, options.Lane ?? DefaultLane(), options));
        return this;
    }

    /// <summary>Adds a sink, which the pipeline owns from here on. Sinks run on the workers of the last stage, one after another.</summary>
    public FramePipelineBuilder To(IFrameSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sinks.Add(sink);
        return this;
    }

    /// <summary>Adds a sink.</summary>
    /// <param name="name">The name in metrics and logs.</param>
    /// <param name="consume">What it does with each frame.</param>
    public FramePipelineBuilder To(string name, FrameAction consume)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(consume);
        return To(new DelegateSink(name, consume));
    }

    /// <summary>The hand-off before the sinks of a pipeline that has no stage.</summary>
    public FramePipelineBuilder WithSinkLane(LanePolicy lane)
    {
        _sinkLane = lane;
        return this;
    }

    /// <summary>The pipeline, which does nothing until it is started.</summary>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <param name="loggers">Where it logs. Default: nowhere.</param>
    /// <param name="meters">Where its meter comes from. Default: a meter of its own.</param>
    /// <param name="watchdog">Watches its threads. Default: nobody does.</param>
    /// <exception cref="InvalidOperationException">There is no camera, no stage or sink, a name is used twice, or an option is out of range.</exception>
    public FramePipeline Build(TimeProvider? time = null, ILoggerFactory? loggers = null, System.Diagnostics.Metrics.IMeterFactory? meters = null, StallWatchdog? watchdog = null)
    {
        Require(_sources.Count > 0, "has no camera: add one with From(…)");
        Require(_sources.Count <= 4096, "has more than 4,096 cameras");
        Require(_stages.Count + _sinks.Count > 0, "has neither a stage nor a sink, so frames would go nowhere: add one with Stage(…) or To(…)");
        Require(_sinkLane is null || _stages.Count == 0, "has a stage, whose lane stands before the sinks too: leave WithSinkLane(…) out");
        RequireUnique("camera", _sources.Select(source => source.Name));
        RequireUnique("sink", _sinks.Select(sink => sink.Name));
        if (new FramePipelineOptionsValidator().Validate(Name, Options) is { Failed: true } failed)
        {
            throw new InvalidOperationException($"Pipeline '{Name}': {string.Join(" ", failed.Failures!)}");
        }

        var stages = _stages.ToArray();
        if (stages.Length == 0)
        {
            var nothing = new DelegateStage(static (in _, _) => { });
            stages = [new FrameStageDefinition("sinks", () => nothing, _sinkLane ?? DefaultLane(), new FrameStageOptions())];
        }

        return new FramePipeline(
            Name, Options, [.. _sources], stages, [.. _sinks], time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, meters, watchdog);

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                throw new InvalidOperationException($"Pipeline '{Name}' {otherwise}.");
            }
        }

        void RequireUnique(string kind, IEnumerable<string> names) =>
            Require(
                names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is not { } twice,
                $"has two {kind}s of the same name; metrics and logs could not tell them apart");
    }

    private LanePolicy DefaultLane() => _stages.All(stage => stage.Workers == 0) ? LanePolicy.DropOldest(4) : LanePolicy.Block(4, TimeSpan.FromSeconds(1));

    private sealed class DelegateStage(FrameAction process) : IFrameStage
    {
        public void Process(in Frame frame, CancellationToken stop) => process(frame, stop);
    }

    private sealed class DelegateSink(string name, FrameAction consume) : IFrameSink
    {
        public string Name => name;

        public void Consume(in Frame frame, CancellationToken stop) => consume(frame, stop);
    }
}

internal sealed class FrameStageDefinition(string name, Func<IFrameStage> createForWorker, LanePolicy lane, FrameStageOptions options)
{
    public string Name => name;

    public Func<IFrameStage> CreateForWorker => createForWorker;

    // Read once: the options are the caller's, who may change them.
    public int Workers { get; } = options.Workers;

    /// <summary>Where there are no threads, room for the frame that is worked on.</summary>
    public LanePolicy Lane { get; } = options.Workers == 0 ? LanePolicy.LatestWins : lane;

    public int ParallelPerCamera { get; } = options.Workers == 0 ? 1 : options.ParallelPerCamera;

    public TimeSpan? Timeout { get; } = options.Workers == 0 ? null : options.Timeout;

    /// <summary>How many threads that hang are replaced.</summary>
    public int MaxAbandoned { get; } = options.Timeout is null || options.Workers == 0 ? 0 : options.MaxAbandoned;

    public FrameThreadOptions Threads { get; } = options.Threads;
}
