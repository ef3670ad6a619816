namespace Hardening.Camera;

/// <summary>
/// Looks after a running pipeline four times a second: notes cameras whose driver hangs, gives up on work that takes too long, and names those who hold
/// frames for too long. On a timer, since it must go on when every thread of the pipeline hangs.
/// </summary>
internal sealed class FrameWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WarningPause = TimeSpan.FromMinutes(1);

    private readonly FrameFlow _flow;
    private readonly TimeSpan _leaseLimit;
    private readonly FramePool _pool;
    private readonly FrameCapture[] _captures;
    private readonly FrameStageRunner[] _stages;
    private readonly Dictionary<string, int> _allowed; // by holder: leases that it said it keeps
    private readonly ITimer _timer;
    private long? _warned;
    private int _looking;

    public FrameWatch(FrameFlow flow, FramePipelineOptions options, FramePool pool, FrameCapture[] captures, FrameStageRunner[] stages, FrameStageDefinition[] definitions, IFrameSink[] sinks)
    {
        (_flow, _leaseLimit, _pool, _captures, _stages) = (flow, options.LeaseWarningAge, pool, captures, stages);
        _allowed = sinks.ToDictionary(sink => sink.Name, sink => sink.HeldFrames * captures.Length, StringComparer.Ordinal);
        var shortest = definitions.Select(stage => stage.Timeout ?? Period).Append(options.LeaseWarningAge).Append(Period).Min();
        pool.Now = flow.Time.GetTimestamp();
        _timer = flow.Time.CreateTimer(_ => Look(), null, shortest, shortest);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
        {
            return; // the last look still goes on
        }

        try
        {
            _pool.Now = _flow.Time.GetTimestamp();
            Array.ForEach(_captures, capture => capture.LookForSilence());
            Array.ForEach(_stages, stage => stage.LookForHanging());
            LookForOldLeases();
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private void LookForOldLeases()
    {
        if (_warned is { } last && _flow.Time.GetElapsedTime(last) < WarningPause)
        {
            return;
        }

        foreach (var old in _pool.FindOldLeases(_flow.Time, _leaseLimit))
        {
            if (old.Count > _allowed.GetValueOrDefault(old.Holder))
            {
                _warned = _flow.Time.GetTimestamp();
                _flow.Logger.LeasesOld(_flow.Pipeline, old.Count, old.Holder, _leaseLimit, old.Oldest, old.Site ?? $"{nameof(FramePipelineOptions.TrackLeases)} tells where they were taken.");
            }
        }
    }
}
