using Hardening.FaultLab.Running;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Application;

/// <summary>A healthy application with a watchdog as a user would set it up: a camera, two workers, work on the thread pool.</summary>
internal sealed class LabApplication : IDisposable
{
    private const int MostReports = 600; // each stall is wanted here

    private readonly TimeProvider _time;
    private readonly StallWatchdog _watchdog;
    private readonly GapList _gaps = new();
    private readonly ActivityThread _cameraThread;
    private readonly ActivityThread _firstThread;
    private readonly ActivityThread _secondThread;
    private readonly ActivityThread _clockThread;
    private readonly PipeDrain _drain;
    private readonly PoolActivity _pool;
    private readonly List<Heartbeat> _heartbeats = [];

    public LabApplication(LabSettings settings, NativeCode? native, IThreadStackSource? stacks, TimeProvider time)
    {
        (Settings, _time) = (settings, time);
        Resources = new LabResources(native);
        var options = new StallWatchdogOptions
        {
            StallAfter = settings.Limit,
            CheckEvery = settings.CheckEvery,
            LateAfter = settings.Limit,
            Reports = new StallReportOptions { Directory = settings.Reports, MaxPerMinute = MostReports },
        };
        _watchdog = new StallWatchdog(options, time, stackSources: stacks is null ? [] : [stacks]);
        Ears = new WatchdogEars(_watchdog, time);
        _pool = new PoolActivity(time);
        _cameraThread = new ActivityThread(Activities.Camera, time, _gaps);
        _firstThread = new ActivityThread(Activities.FirstWorker, time, _gaps);
        _secondThread = new ActivityThread(Activities.SecondWorker, time, _gaps);
        _clockThread = new ActivityThread(Activities.Process, time, _gaps);
        Camera = new LabCamera(Resources, Track(Activities.Camera), _cameraThread);
        _drain = new PipeDrain(Resources.PipeIn);
    }

    public LabSettings Settings { get; }

    public LabResources Resources { get; }

    public LabCamera Camera { get; }

    public WatchdogEars Ears { get; }

    public TimeProvider Time => _time;

    /// <summary>Takes out of the camera's pipe what it writes.</summary>
    public PipeDrain Drain => _drain;

    /// <summary>Whether work waits that faults left behind.</summary>
    public bool IsBehind => _pool.Waiting > 20;

    /// <summary>How often the activities have moved, all of them together with the least.</summary>
    public (long Camera, long FirstWorker, long SecondWorker, long Pool) Progress => (_cameraThread.Cycles, _firstThread.Cycles, _secondThread.Cycles, _pool.Done);

    public void Start()
    {
        _watchdog.Start();
        var first = new LabWorker(Resources, Track(Activities.FirstWorker), _firstThread);
        var second = new LabWorker(null, Track(Activities.SecondWorker), _secondThread);
        _drain.Start();
        _cameraThread.Start(Camera.Cycle);
        _firstThread.Start(first.Cycle);
        _secondThread.Start(second.Cycle);
        _clockThread.Start(_pool.Cycle); // queueing waits for nobody
    }

    /// <summary>Stands still until that is told, and waits for the report of its end: the watchdog tells one stall after the other, so that all others have been told of by then.</summary>
    public void AwaitReports(TimeSpan limit)
    {
        using (_watchdog.Track(Activities.Probe, Settings.Limit))
        {
            Ears.AwaitProbe(limit);
        }

        Ears.AwaitProbeReport(limit);
    }

    /// <summary>Notes what becomes of a thread that others wait for: of that thread, which marks begin and end.</summary>
    public GapRecorder Record(string name) => new(name, _time, _gaps);

    public IReadOnlyList<Gap> TakeGaps() => [.. _gaps.Take().Concat(_pool.TakeGaps()).OrderBy(gap => gap.Start)];

    public void Dispose()
    {
        _cameraThread.Dispose();
        _firstThread.Dispose();
        _secondThread.Dispose();
        _clockThread.Dispose();
        _heartbeats.ForEach(heartbeat => heartbeat.Dispose());
        _watchdog.Dispose();
        Ears.Dispose();
        Resources.ClosePipe();
        _drain.Dispose();
        Resources.Dispose();
    }

    private Heartbeat Track(string name)
    {
        var heartbeat = _watchdog.Track(name);
        _heartbeats.Add(heartbeat);
        return heartbeat;
    }
}
