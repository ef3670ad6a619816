using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>
/// Tells frames that the driver had no buffer for one by one, as dropped for want of a buffer, rather than as a gap. The driver counts the packets of such frames
/// only: a gap in the numbers is put down to them as far as they make frames, and what is left of it was lost on the way. Where both happen, the shares may be out by one frame for each time that the driver ran dry.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct UnderrunFrames
{
    private FrameRead _held;       // the frame after the gap, until the gap is told
    private FrameInfo _next;       // the one to be told next
    private long _left;
    private long _told;            // packets of the driver's count that are explained
    private long? _lastSequence;

    /// <summary>What comes first: the frame that was read, or one that the driver had no buffer for, after which the frame waits its turn.</summary>
    /// <param name="read">A frame, here or dropped.</param>
    /// <param name="underrunPackets">The driver's count.</param>
    /// <param name="framePackets">Packets in one frame.</param>
    public FrameRead Before(in FrameRead read, long underrunPackets, int framePackets)
    {
        var info = read.Info;
        var gap = _lastSequence is { } last ? info.Sequence - last - 1 : 0;
        _lastSequence = info.Sequence;
        if (gap <= 0 || underrunPackets <= _told)
        {
            return read;
        }

        // The count runs ahead of the frames that are read, so what this gap does not need may explain the next.
        _left = Math.Min(gap, (underrunPackets - _told + framePackets - 1) / framePackets);
        _told = Math.Min(underrunPackets, _told + (_left * framePackets));
        _next = info with { Sequence = info.Sequence - _left, Status = FrameStatus.Complete, DeviceTimestamp = 0, DeviceClock = FrameClock.None, Metadata = null };
        _held = read;
        _ = TryTell(out var first);
        return first;
    }

    /// <summary>The next of those that are to be told.</summary>
    public bool TryTell(out FrameRead read)
    {
        if (_left > 0)
        {
            read = FrameRead.Dropped(_next);
            _next = _next with { Sequence = _next.Sequence + 1 };
            _left--;
            return true;
        }

        (read, _held) = (_held, default);
        return read.Status != FrameReadStatus.Timeout;
    }

    /// <summary>Gives back the frame that waits, when the stream ends before it is its turn.</summary>
    public void Forget()
    {
        _held.Lease.Dispose();
        (_held, _left) = (default, 0);
    }
}
