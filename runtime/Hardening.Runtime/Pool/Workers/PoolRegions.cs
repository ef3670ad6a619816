using Hardening.Camera;
using Hardening.Pool.Frames;

namespace Hardening.Pool.Workers;

/// <summary>The frame pools whose frames jobs refer to, as memory for workers. Found on first use; given up once the frame pool is disposed.</summary>
internal sealed class PoolRegions : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Known> _regions = [];
    private Known? _last; // most pools see frames of one frame pool
    private int _version;

    /// <summary>Moves when a region goes.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>The memory of this frame pool, which is found when a job is submitted: what goes wrong here is its caller's to know.</summary>
    /// <exception cref="PlatformNotSupportedException">The frame pool has no memory that can be shared.</exception>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public SharedRegion Of(FramePool pool)
    {
        if (Volatile.Read(ref _last) is { } last && last.Pool == pool)
        {
            return last.Region;
        }

        lock (_gate)
        {
            if (!_regions.TryGetValue(pool.Region, out var known))
            {
                Prune();
                known = new Known(pool, SharedFrames.Share(pool, writable: false));
                _regions.Add(pool.Region, known);
            }

            Volatile.Write(ref _last, known);
            return known.Region;
        }
    }

    public bool Has(uint region)
    {
        lock (_gate)
        {
            return _regions.ContainsKey(region);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var known in _regions.Values)
            {
                known.Region.File.Dispose();
            }

            _regions.Clear();
            _last = null;
        }
    }

    private void Prune()
    {
        foreach (var known in _regions.Values.Where(known => known.Pool is { IsDisposed: true, Rented: 0 }).ToList())
        {
            _regions.Remove(known.Region.Id);
            known.Region.File.Dispose();
            Volatile.Write(ref _version, _version + 1);
        }
    }

    private sealed record Known(FramePool Pool, SharedRegion Region);
}
