using Hardening.Camera;
using Hardening.Pool.Frames;

namespace Hardening.Pool.Workers;

/// <summary>The frame pools whose frames jobs refer to, as memory for workers. Found on first use; given up once the frame pool is disposed.</summary>
internal sealed class PoolRegions : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (FramePool Pool, SharedRegion Region)> _regions = [];
    private int _version;

    /// <summary>Moves when a region goes.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <exception cref="PlatformNotSupportedException">The frame pool has no memory that can be shared.</exception>
    public SharedRegion Of(FramePool pool)
    {
        lock (_gate)
        {
            if (!_regions.TryGetValue(pool.Region, out var known))
            {
                Prune();
                known = (pool, SharedFrames.Share(pool, writable: false));
                _regions.Add(pool.Region, known);
            }

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
            foreach (var (_, region) in _regions.Values)
            {
                region.File.Dispose();
            }

            _regions.Clear();
        }
    }

    private void Prune()
    {
        foreach (var (id, (_, region)) in _regions.Where(known => known.Value.Pool.IsDisposed).ToList())
        {
            _regions.Remove(id);
            region.File.Dispose();
            Volatile.Write(ref _version, _version + 1);
        }
    }
}
