namespace Hardening.Pool.Mapping;

/// <summary>Jobs that have ended, until those before them have. For one thread.</summary>
internal sealed class MapOrder
{
    private MapJob?[] _places = new MapJob?[64];
    private long _next;

    /// <summary>Which one is the next; read by any thread.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Whether the next one is there.</summary>
    public bool HasNext => _places[_next & (_places.Length - 1)] is not null;

    public void Put(MapJob job)
    {
        while (job.Index - _next >= _places.Length)
        {
            Grow();
        }

        _places[job.Index & (_places.Length - 1)] = job;
    }

    public MapJob? Take()
    {
        ref var place = ref _places[_next & (_places.Length - 1)];
        var job = place;
        if (job is not null)
        {
            place = null;
            Volatile.Write(ref _next, _next + 1);
        }

        return job;
    }

    /// <summary>Takes all, whether it is their turn or not.</summary>
    public MapJob? Clear()
    {
        MapJob? first = null;
        foreach (var job in _places)
        {
            if (job is not null)
            {
                (job.Next, first) = (first, job);
            }
        }

        Array.Clear(_places);
        return first;
    }

    private void Grow()
    {
        var places = new MapJob?[_places.Length * 2];
        foreach (var job in _places)
        {
            if (job is not null)
            {
                places[job.Index & (places.Length - 1)] = job;
            }
        }

        _places = places;
    }
}
