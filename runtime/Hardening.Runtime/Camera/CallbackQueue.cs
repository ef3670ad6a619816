using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>
/// Frames that wait for a reader, and, at their places in the order, the numbers of those that were given up. Bounded twice: in frames, and in places. Whoever calls holds
/// the source's lock.
/// </summary>
internal sealed class CallbackQueue(int frames, CallbackOverflow overflow)
{
    private const int PlacesForDropped = 64;

    private readonly Place[] _places = new Place[frames + PlacesForDropped];
    private int _head;
    private int _count;

    /// <summary>How many frames wait.</summary>
    public int Frames { get; private set; }

    public long QueueFull { get; private set; }

    public long NoBuffer { get; private set; }

    public long Discarded { get; private set; }

    public long Unreported { get; private set; }

    /// <summary>A frame has come.</summary>
    /// <returns>False when it is the one that was given up.</returns>
    public bool Add(FrameLease lease)
    {
        if (Frames == frames)
        {
            if (overflow == CallbackOverflow.DropNewest)
            {
                return GiveUp(lease);
            }

            GiveUpOldest();
        }

        if (!TryMakePlace())
        {
            Unreported++;
            lease.Dispose();
            QueueFull++;
            return false;
        }

        Append(new Place(lease, default));
        Frames++;
        return true;
    }

    /// <summary>A frame has come for which there was no buffer.</summary>
    public void AddDropped(in FrameInfo info)
    {
        NoBuffer++;
        Report(info);
    }

    /// <summary>The next frame, or the next that was given up.</summary>
    public bool TryTake(out FrameRead read)
    {
        if (_count == 0)
        {
            read = default;
            return false;
        }

        var place = _places[_head];
        RemoveFirst();
        Frames -= place.Lease.IsEmpty ? 0 : 1;
        read = place.Lease.IsEmpty ? FrameRead.Dropped(place.Info) : FrameRead.Delivered(place.Lease);
        return true;
    }

    /// <summary>Gives back what waits.</summary>
    public void Clear()
    {
        for (; TryTake(out var read); read.Lease.Dispose())
        {
            Discarded += read.Status == FrameReadStatus.Frame ? 1 : 0;
        }
    }

    private bool GiveUp(FrameLease lease)
    {
        var info = lease.Info;
        lease.Dispose();
        QueueFull++;
        Report(info);
        return false;
    }

    private void GiveUpOldest()
    {
        for (var i = 0; ; i++)
        {
            ref var place = ref _places[(_head + i) % _places.Length];
            if (!place.Lease.IsEmpty)
            {
                var info = place.Lease.Info;
                place.Lease.Dispose();
                place = new Place(default, info);
                Frames--;
                QueueFull++;
                return;
            }
        }
    }

    private void Report(in FrameInfo info)
    {
        if (TryMakePlace())
        {
            Append(new Place(default, info));
        }
        else
        {
            Unreported++;
        }
    }

    // Where all places are taken, the oldest number is forgotten; a frame never is.
    private bool TryMakePlace()
    {
        if (_count < _places.Length)
        {
            return true;
        }

        if (!_places[_head].Lease.IsEmpty)
        {
            return false;
        }

        RemoveFirst();
        Unreported++;
        return true;
    }

    private void Append(in Place place)
    {
        _places[(_head + _count) % _places.Length] = place;
        _count++;
    }

    private void RemoveFirst()
    {
        _places[_head] = default;
        _head = (_head + 1) % _places.Length;
        _count--;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(FrameLease Lease, FrameInfo Info);
}
