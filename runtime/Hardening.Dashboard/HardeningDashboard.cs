using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Dashboard.Pictures;
using Hardening.Dashboard.Serving;
using Hardening.Dashboard.State;
using Hardening.Pool;
using Hardening.Processes;
using Hardening.Stalls;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Dashboard;

/// <summary>
/// What the dashboard of a host shows. Pipelines, pools, kept processes and the watchdog that the host has are found by themselves; what is made by hand is added here. It is a service of the host
/// (<c>AddHardeningDashboard</c>), and shown by <c>MapHardening</c>.
/// </summary>
/// <remarks>Members may be called from any thread, at any time. What is added stays its maker's: it is read, and never stopped or disposed.</remarks>
public sealed class HardeningDashboard : IDisposable
{
    private readonly WatchList _watched = new();
    private readonly Dictionary<string, PictureSink> _pictures = new(StringComparer.Ordinal);
    private readonly HashSet<StallWatchdog> _watchdogs = [];
    private readonly Lock _gate = new();
    private readonly HardeningDashboardOptions _options;
    private readonly PictureBudget _budget;
    private readonly PictureLog _pictureLog;
    private readonly PoolMeters _meters;

    internal HardeningDashboard(HardeningDashboardOptions options, IHostEnvironment? environment, IHostApplicationLifetime? lifetime, TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters)
    {
        if (new HardeningDashboardOptionsValidator().Validate(null, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(nameof(HardeningDashboardOptions), typeof(HardeningDashboardOptions), failed.Failures!);
        }

        (_options, Time) = (options, time);
        Logger = loggers.CreateLogger<HardeningDashboard>();
        Metrics = new DashboardMetrics(meters);
        _meters = new PoolMeters(meters, time);
        _budget = new PictureBudget(options.MaxPictures);
        _pictureLog = new PictureLog(Logger);
        Stalls = new StallLog(time);
        Pictures = new PictureAnswer(_watched, options.PicturesPerSecond, time);
        var reader = new StateReader(
            _watched, Stalls, _meters, () => new BrowsersState(Metrics.Browsers, options.MaxBrowsers, Metrics.Refused, Metrics.Dropped, Metrics.Cut),
            environment?.ApplicationName ?? AppDomain.CurrentDomain.FriendlyName, time);
        Feed = new StateFeed(reader.Read, time);
        Events = new EventHub(options, Feed, Stalls, _meters.Look, Metrics, Logger, time, lifetime?.ApplicationStopping ?? CancellationToken.None);
    }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal DashboardMetrics Metrics { get; }

    internal StallLog Stalls { get; }

    internal PictureAnswer Pictures { get; }

    internal StateFeed Feed { get; }

    internal EventHub Events { get; }

    internal bool HasPictures => _options is { PicturesPerSecond: > 0, MaxPictures: > 0 };

    /// <summary>Shows a pipeline, in the place of an earlier one of its name. It has pictures if <see cref="CreatePictureSink"/> made a sink for that name.</summary>
    public HardeningDashboard Add(FramePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        PictureSink? pictures;
        lock (_gate)
        {
            pictures = _pictures.GetValueOrDefault(pipeline.Name);
        }

        _watched.Add(pipeline, pictures);
        return this;
    }

    /// <summary>Shows a pool, in the place of an earlier one of its name.</summary>
    public HardeningDashboard Add(ProcessPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        _watched.Add(pool);
        return this;
    }

    /// <summary>Shows a process that is kept running, in the place of an earlier one of its name.</summary>
    public HardeningDashboard Add(RestartingProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        _watched.Add(process);
        return this;
    }

    /// <summary>Shows the stalls that a watchdog finds from now on. Adding it twice adds it once.</summary>
    public HardeningDashboard Add(StallWatchdog watchdog)
    {
        ArgumentNullException.ThrowIfNull(watchdog);
        bool isNew;
        lock (_gate)
        {
            isNew = _watchdogs.Add(watchdog);
        }

        if (isNew)
        {
            Stalls.Watch(watchdog);
        }

        return this;
    }

    /// <summary>
    /// A sink by which the cameras of a pipeline have pictures; the pipelines of the host (<c>AddFramePipeline</c>) have theirs already. It takes a frame only while somebody looks, and never waits; the pool of the pipeline has one buffer
    /// more for each camera.
    /// </summary>
    /// <param name="pipeline">The name of the pipeline that it is given to.</param>
    public IFrameSink CreatePictureSink(string pipeline)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pipeline);
        var sink = new PictureSink(_budget, Metrics, _pictureLog);
        lock (_gate)
        {
            _pictures[pipeline] = sink;
        }

        return sink;
    }

    /// <summary>Ends what it listens to. Called by the host.</summary>
    public void Dispose()
    {
        _meters.Dispose();
        Metrics.Dispose();
    }
}
