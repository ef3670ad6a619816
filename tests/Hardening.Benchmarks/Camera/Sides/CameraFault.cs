using Hardening.Benchmarks.Peers;
using Hardening.Camera;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>One of the things that go wrong.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Title">What a reader is told.</param>
/// <param name="Make">What it is, given when.</param>
/// <param name="NeedsProcesses">Whether processes do the work.</param>
internal sealed record CameraFault(string Key, string Title, Func<Trouble, OurLineFaults> Make, bool NeedsProcesses = false)
{
    public static readonly IReadOnlyList<CameraFault> All =
    [
        new("silent", "the camera is silent", trouble => Driver(trouble, DriverFaultKind.Silent)),
        new("gone", "the camera is gone, and comes back", trouble => Driver(trouble, DriverFaultKind.Gone)),
        new("corrupt", "every third frame is damaged", trouble => Driver(trouble, DriverFaultKind.Corrupt)),
        new("slow-sink", "the sink takes 50 ms", trouble => new OurLineFaults { Sink = (in _, camera) => trouble.Of(camera)?.Wait(TimeSpan.FromMilliseconds(50)) }),
        new("sink-throws", "the sink throws", trouble => new OurLineFaults { Sink = (in _, camera) => trouble.Of(camera)?.Throw() }),
        new("stage-throws", "the stage throws", trouble => new OurLineFaults { Stage = (in frame) => trouble.Of(frame)?.Throw() }),
        new("stage-hangs", "the stage hangs, once", trouble => new OurLineFaults { Stage = (in frame) => trouble.Of(frame)?.HangOnce(), StageTimeout = TimeSpan.FromMilliseconds(300) }),
        new("worker-killed", "a worker process is killed, twice", trouble => new OurLineFaults { KillsWorker = (camera, _) => trouble.Of(camera)?.IsTimeToKill() ?? false }, NeedsProcesses: true),
        new("leases-held", "a sink keeps all that it gets", trouble => new OurLineFaults { Sink = (in frame, camera) => trouble.Of(camera)?.Keep(frame) }),
    ];

    private const string Prefix = "fault-";

    public string Who => Prefix + Key;

    // What no one would wait for in so short a run is noticed sooner.
    private static OurLineFaults Driver(Trouble trouble, DriverFaultKind kind) =>
        new() { Driver = new DriverFault(kind, trouble.Time), Configure = options => options.SilentAfter = TimeSpan.FromMilliseconds(300) };
}

/// <summary>The trouble of one run: there in its middle half, for the frames of one camera.</summary>
internal sealed class Trouble(double seconds) : IDisposable
{
    private readonly ManualResetEventSlim _isOver = new();
    private readonly List<FrameLease> _kept = [];
    private bool _hasHung;
    private int _kills;
    private long _from;

    public FaultTime Time { get; } = new();

    public void Begin(long from)
    {
        _from = from;
        Time.Set(from + (long)(seconds * 0.25e9), from + (long)(seconds * 0.75e9));
    }

    /// <summary>This, if the frame is one of those that are in trouble now.</summary>
    public Trouble? Of(in Frame frame) => Of(frame.Info.Camera == DriverSource.NameOf(OurLineFaults.Camera) ? OurLineFaults.Camera : -1);

    public Trouble? Of(int camera)
    {
        if (camera != OurLineFaults.Camera)
        {
            return null;
        }

        if (Time.IsOn)
        {
            return this;
        }

        GiveBack();
        return null;
    }

    public void Wait(TimeSpan time) => _isOver.Wait(time);

    public void Throw() => throw new InvalidOperationException($"This is the trouble, {(MonotonicClock.Now - _from) / 1e9:F1} s after the begin.");

    public void HangOnce()
    {
        if (!_hasHung)
        {
            _hasHung = true;
            _isOver.Wait(TimeSpan.FromMinutes(1));
        }
    }

    public bool IsTimeToKill()
    {
        var time = MonotonicClock.Now;
        var isTime = _kills == 0 || (_kills == 1 && time > _from + (long)(seconds * 0.5e9));
        _kills += isTime ? 1 : 0;
        return isTime;
    }

    public void Keep(in Frame frame) => _kept.Add(frame.Lease("the sink that keeps them"));

    /// <summary>Nothing hangs any more.</summary>
    public void End()
    {
        Time.Set(0, 0);
        _isOver.Set();
    }

    public void Dispose()
    {
        GiveBack();
        _isOver.Dispose();
    }

    private void GiveBack()
    {
        _kept.ForEach(lease => lease.Dispose());
        _kept.Clear();
    }
}
