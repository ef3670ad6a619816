using System.Diagnostics.CodeAnalysis;

namespace Hardening.Pool.Jobs;

/// <summary>Jobs in the order of their coming. One that ended meanwhile stays in its place until that is reached, or until room is needed; it is not counted. Not safe for threads.</summary>
internal sealed class JobLane
{
    private PoolJob?[] _places = new PoolJob?[16];
    private int _first;
    private int _taken;

    /// <summary>How many there is room for.</summary>
    public int Places => _places.Length;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    public void AddLast(PoolJob job)
    {
        MakeRoom();
        _places[(_first + _taken++) & (_places.Length - 1)] = job;
        Count++;
    }

    public void AddFirst(PoolJob job)
    {
        MakeRoom();
        _first = (_first - 1) & (_places.Length - 1);
        _places[_first] = job;
        _taken++;
        Count++;
    }

    public bool TryTake([NotNullWhen(true)] out PoolJob? job)
    {
        var found = TryPeek(out job);
        if (found)
        {
            Drop();
            Count--;
        }

        return found;
    }

    public bool TryPeek([NotNullWhen(true)] out PoolJob? job)
    {
        while (_taken > 0 && _places[_first]!.Phase == JobPhase.Ended)
        {
            Drop();
        }

        job = _taken > 0 ? _places[_first] : null;
        return job is not null;
    }

    /// <summary>One of the jobs here has ended.</summary>
    public void NoteEnded() => Count--;

    private void Drop()
    {
        _places[_first] = null;
        _first = (_first + 1) & (_places.Length - 1);
        _taken--;
    }

    private void MakeRoom()
    {
        if (_taken < _places.Length)
        {
            return;
        }

        var size = Count > _places.Length / 2 ? _places.Length * 2 : _places.Length; // half of them ended: they only have to go
        var places = new PoolJob?[size];
        var kept = 0;
        for (var i = 0; i < _taken; i++)
        {
            if (_places[(_first + i) & (_places.Length - 1)] is { Phase: not JobPhase.Ended } job)
            {
                places[kept++] = job;
            }
        }

        (_places, _first, _taken) = (places, 0, kept);
    }
}
