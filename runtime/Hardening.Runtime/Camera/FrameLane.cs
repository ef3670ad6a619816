namespace Hardening.Camera;

/// <summary>
/// The frames of one camera before and in one stage: a bounded ring of those that wait, and a ring of those that are worked on, which puts them
/// back into order. Not thread-safe: the stage holds its lock around every call.
/// </summary>
internal sealed class FrameLane(int camera, int capacity, int parallel)
{
    private readonly (FrameLease Lease, long Since)[] _waiting = new (FrameLease, long)[capacity];
    private readonly (FrameLease Lease, bool IsDone)[] _working = new (FrameLease, bool)[parallel];
    private int _head;
    private long _started; // how many frames a worker has taken, and so the next ticket
    private long _left;    // how many have left the stage, in the order of their tickets

    public int Camera => camera;

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    /// <summary>Whether a worker could take a frame now.</summary>
    public bool IsReady => Count > 0 && _started - _left < parallel;

    /// <summary>Whether the lane stands in the stage's queue of lanes that are ready.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether a worker is passing frames on; it alone does, so that their order holds.</summary>
    public bool IsPassingOn { get; set; }

    public void Add(FrameLease lease, long now)
    {
        _waiting[(_head + Count) % capacity] = (lease, now);
        Count++;
    }

    public FrameLease RemoveOldest() => RemoveOldest(out _);

    /// <summary>Gives the oldest frame to a worker, with the timestamp since which it has waited.</summary>
    public FrameLease Start(out long ticket, out long since)
    {
        ticket = _started++;
        return RemoveOldest(out since);
    }

    /// <summary>The worker is done; an empty lease says that the frame was dropped.</summary>
    public void Finish(long ticket, FrameLease lease) => _working[ticket % parallel] = (lease, IsDone: true);

    /// <summary>Takes the next frame in order, if it is done; empty if it was dropped. Its place stays taken until <see cref="Leave"/>.</summary>
    public bool TryTakeDone(out FrameLease lease)
    {
        ref var next = ref _working[_left % parallel];
        lease = next.Lease;
        next.Lease = default;
        return next.IsDone;
    }

    /// <summary>The frame that was taken has left the stage.</summary>
    public void Leave() => _working[_left++ % parallel] = default;

    /// <summary>Takes any frame that no worker has in hand: one that waits, or one that is done but stands behind one that is not.</summary>
    public bool TryGiveUp(out FrameLease lease)
    {
        if (Count > 0)
        {
            lease = RemoveOldest();
            return true;
        }

        for (var i = 0; i < parallel; i++)
        {
            if (!_working[i].Lease.IsEmpty)
            {
                lease = _working[i].Lease;
                _working[i].Lease = default;
                return true;
            }
        }

        lease = default;
        return false;
    }

    private FrameLease RemoveOldest(out long since)
    {
        (var lease, since) = _waiting[_head];
        _waiting[_head] = default;
        _head = (_head + 1) % capacity;
        Count--;
        return lease;
    }
}
