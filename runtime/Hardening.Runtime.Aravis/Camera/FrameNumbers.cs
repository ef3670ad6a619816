using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>
/// Widens the numbers that a camera gives its frames, so that they rise for ever and a step of more than one is a gap. GigE Vision 1 counts
/// 1 to 65,535 and begins anew with 1, which at 60 frames per second happens every 18 minutes; GigE Vision 2 may count in 64 bits.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FrameNumbers
{
    private const ulong Cycle = 65_535; // numbers in a round of 16 bits: 0 is none

    private ulong _lastId;   // 0: no frame yet, or none whose number arrived
    private long _last;
    private bool _hasBegun;

    /// <summary>The widened number of the next frame.</summary>
    /// <param name="id">The camera's number; 0 when the packet that carries it was lost: it is then taken to follow the frame before, so that a gap there shows with the next frame.</param>
    public long Next(ulong id)
    {
        if (!_hasBegun)
        {
            (_hasBegun, _lastId, _last) = (true, id, (long)id);
            return _last;
        }

        if (id == 0 || _lastId == 0)
        {
            _last++;
            _lastId = id != 0 ? id : Follow(_lastId);
            return _last;
        }

        _last += (long)Step(_lastId, id);
        _lastId = id;
        return _last;
    }

    private static ulong Follow(ulong id) => id == 0 ? 0 : id == Cycle ? 1 : id + 1;

    // A step back, or one of more than half a round, is a camera that has started anew: what was lost meanwhile, its numbers cannot tell.
    private static ulong Step(ulong from, ulong to)
    {
        if (from > Cycle || to > Cycle)
        {
            return to > from ? to - from : 1;
        }

        var step = (to + Cycle - from) % Cycle;
        return step is 0 or > Cycle / 2 ? 1 : step;
    }
}
