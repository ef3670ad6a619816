namespace Hardening.Camera;

/// <summary>
/// The books of one camera: every frame that was received is in flight until it is processed or dropped, once. All entries are made under one
/// private lock, for some tens of nanoseconds each, so that a snapshot adds up at any time.
/// </summary>
internal sealed class FrameLedger(string camera, IReadOnlyList<string> edges, TimeProvider time)
{
    private readonly object _gate = new(); // an object rather than a Lock, which allocates when two threads first meet at it: no frame may
    private readonly long[] _drops = new long[edges.Count * FrameDropReasons.Count];
    private readonly LatencyHistogram _latency = new();
    private CameraState _state = CameraState.Starting;
    private Exception? _failure;
    private FrameFormat? _format;
    private long? _lastSequence;
    private long _received;
    private long _incomplete;
    private long _processed;
    private long _inFlight;
    private long _lost;
    private long _gaps;
    private long _outages;
    private long _reconnectsOfSilent;
    private long _reconnectsOfFailed;
    private TimeSpan _pastSilence;
    private long _silentSince;
    private long _heard; // when the last frame came
    private bool _isStopped;

    public string Camera => camera;

    /// <summary>What a place where frames are dropped is called.</summary>
    public string EdgeName(int edge) => edges[edge];

    /// <summary>The camera streams. One that was gone is back with its first frame, or at once if it sends none unasked.</summary>
    /// <returns>Whether it is back.</returns>
    public bool Streaming(FrameFormat format)
    {
        lock (_gate)
        {
            _format = format;
            _lastSequence = null; // it may count anew
            var isBack = IsOut && format.IsTriggered;
            if (isBack)
            {
                EndOutage();
            }

            _state = _state == CameraState.Starting ? CameraState.Streaming : _state;
            return isBack;
        }
    }

    /// <summary>Whether frames come: not before the first of a camera that was gone.</summary>
    public bool IsStreaming
    {
        get
        {
            lock (_gate)
            {
                return _state == CameraState.Streaming;
            }
        }
    }

    /// <summary>A frame came.</summary>
    /// <param name="info">What is known of it.</param>
    /// <param name="now">When it came.</param>
    /// <param name="wasOut">Whether the camera was silent or gone until now.</param>
    /// <returns>How many were lost between the one before and this one.</returns>
    public long Received(in FrameInfo info, long now, out bool wasOut)
    {
        lock (_gate)
        {
            wasOut = IsOut;
            EndOutage();
            _heard = now;
            _received++;
            _inFlight++;
            _incomplete += info.Status == FrameStatus.Complete ? 0 : 1;

            // A number that does not rise means that the device has started anew: what it lost meanwhile, its numbers cannot tell.
            var lost = _lastSequence is { } last && info.Sequence > last ? info.Sequence - last - 1 : 0;
            _lastSequence = info.Sequence;
            _lost += lost;
            _gaps += lost > 0 ? 1 : 0;
            return lost;
        }
    }

    public void Processed(TimeSpan latency)
    {
        lock (_gate)
        {
            _processed++;
            _inFlight--;
            _latency.Record(latency);
        }
    }

    public void Dropped(int edge, FrameDropReason reason)
    {
        lock (_gate)
        {
            _drops[(edge * FrameDropReasons.Count) + (int)reason]++;
            _inFlight--;
        }
    }

    /// <summary>The camera has been silent since this timestamp, as far as whoever looked knows.</summary>
    /// <returns>Whether that is news, and true: a frame may have come since the look.</returns>
    public bool Silent(long since)
    {
        lock (_gate)
        {
            if (_state != CameraState.Streaming || since < _heard)
            {
                return false;
            }

            BeginOutage(CameraState.Silent, null, since);
            return true;
        }
    }

    /// <summary>The camera is closed, to be opened again; it has been silent since this timestamp.</summary>
    /// <param name="failure">Why; null when it was silent.</param>
    /// <param name="since">When the last frame came.</param>
    public void Reconnecting(Exception? failure, long since)
    {
        lock (_gate)
        {
            BeginOutage(CameraState.Reconnecting, failure ?? _failure, since);
        }
    }

    /// <summary>There will be no more frames.</summary>
    public void Ended()
    {
        lock (_gate)
        {
            _pastSilence += PresentSilence();
            _state = CameraState.Ended;
        }
    }

    /// <summary>The camera is gone, and has been silent since this timestamp: its silence goes on until <see cref="Stopped"/>.</summary>
    public void Failed(Exception failure, long since)
    {
        lock (_gate)
        {
            BeginOutage(CameraState.Failed, failure, since);
        }
    }

    /// <summary>Nobody expects frames any more.</summary>
    public void Stopped()
    {
        lock (_gate)
        {
            _pastSilence += PresentSilence();
            _isStopped = true;
        }
    }

    public CameraStatistics Snapshot()
    {
        lock (_gate)
        {
            var silence = _pastSilence + PresentSilence();
            return new CameraStatistics
            {
                Camera = camera,
                State = _state,
                Failure = _failure,
                Format = _format,
                Received = _received,
                ReceivedIncomplete = _incomplete,
                Processed = _processed,
                InFlight = _inFlight,
                Drops = [.. NonZeroDrops()],
                Lost = _lost,
                Gaps = _gaps,
                Outages = _outages,
                Reconnects = _reconnectsOfSilent + _reconnectsOfFailed,
                ReconnectsOfSilent = _reconnectsOfSilent,
                SilentTime = silence,
                MissedInSilence = (long)(silence.TotalSeconds * (_format?.FrameRate ?? 0)),
                Latency = _latency.Summarize(),
            };
        }
    }

    public void AddLatencyTo(LatencyHistogram all)
    {
        lock (_gate)
        {
            all.Add(_latency);
        }
    }

    private IEnumerable<FrameDrops> NonZeroDrops()
    {
        for (var i = 0; i < _drops.Length; i++)
        {
            if (_drops[i] > 0)
            {
                yield return new FrameDrops(edges[i / FrameDropReasons.Count], (FrameDropReason)(i % FrameDropReasons.Count), _drops[i]);
            }
        }
    }

    // Under the gate, as those below.
    private void BeginOutage(CameraState state, Exception? failure, long since)
    {
        if (!IsOut)
        {
            _silentSince = since;
            _outages++;
        }

        (_state, _failure) = (state, failure);
    }

    private void EndOutage()
    {
        if (IsOut)
        {
            _pastSilence += PresentSilence();
            if (_state == CameraState.Reconnecting)
            {
                _reconnectsOfSilent += _failure is null ? 1 : 0;
                _reconnectsOfFailed += _failure is null ? 0 : 1;
            }

            (_state, _failure) = (CameraState.Streaming, null);
        }
    }

    private bool IsOut => _state is CameraState.Silent or CameraState.Reconnecting or CameraState.Failed;

    private TimeSpan PresentSilence() => IsOut && !_isStopped ? time.GetElapsedTime(_silentSince) : TimeSpan.Zero;
}
