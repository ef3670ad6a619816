using System.Collections.Concurrent;

namespace Hardening.Camera;

/// <summary>Keeps a lease on the newest frame of each camera, for whoever wants to look: a preview, a snapshot on request.</summary>
public sealed class LatestFrameSink : IFrameSink, IDisposable
{
    private readonly ConcurrentDictionary<string, Slot> _latest = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "latest";

    /// <inheritdoc/>
    public int HeldFrames => 2; // the one kept, and the one that takes its place

    /// <inheritdoc/>
    public void Consume(in Frame frame, CancellationToken stop) =>
        _latest.GetOrAdd(frame.Info.Camera, static _ => new Slot()).Replace(frame.Lease(Name));

    /// <summary>A lease on the newest frame of a camera, which the caller disposes; false before the first frame, and after the pipeline has stopped.</summary>
    public bool TryGet(string camera, out FrameLease lease)
    {
        lease = default;
        return _latest.TryGetValue(camera, out var slot) && slot.TryLease(Name, out lease);
    }

    /// <summary>Gives the frames back. Called by the pipeline after its last frame.</summary>
    public void Dispose()
    {
        foreach (var slot in _latest.Values)
        {
            slot.Close();
        }
    }

    private sealed class Slot
    {
        private readonly object _gate = new(); // no Lock: see FrameLedger
        private FrameLease _lease;

        public void Replace(FrameLease lease)
        {
            FrameLease old;
            lock (_gate)
            {
                (old, _lease) = (_lease, lease);
            }

            old.Dispose();
        }

        public bool TryLease(string holder, out FrameLease lease)
        {
            lock (_gate)
            {
                lease = _lease.IsEmpty ? default : _lease.AddLease(holder);
                return !lease.IsEmpty;
            }
        }

        public void Close() => Replace(default);
    }
}
