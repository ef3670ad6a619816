using System.Runtime.InteropServices;

namespace Hardening.Stalls;

/// <summary>A silence of a heartbeat that was longer than its limit, as the beat that ended it found.</summary>
/// <param name="Start">The timestamp of the beat before.</param>
/// <param name="End">The timestamp of the beat that ended it.</param>
/// <param name="Limit">The silence that would have been none.</param>
/// <param name="ThreadId">The thread of the beat before.</param>
/// <param name="Label">What the activity said it was doing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Silence(long Start, long End, TimeSpan Limit, int ThreadId, HeartbeatLabel? Label);

/// <summary>The silences between two checks: one thread adds, another takes, neither waits. When it is full, the newest is counted and left out.</summary>
internal sealed class SilenceRing
{
    private const int Size = 8; // each took longer than a limit, so that more of them between two checks means that the checks don't come

    private Silence[]? _silences; // most heartbeats never need it
    private long _added;
    private long _taken;
    private long _lost;
    private long _lostBefore;

    public void Add(in Silence silence)
    {
        if (_added - Volatile.Read(ref _taken) >= Size)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return;
        }

        _silences ??= new Silence[Size];
        _silences[_added % Size] = silence;
        Volatile.Write(ref _added, _added + 1);
    }

    public bool TryTake(out Silence silence)
    {
        if (_taken == Volatile.Read(ref _added))
        {
            silence = default;
            return false;
        }

        silence = _silences![_taken % Size];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }

    public long TakeLost()
    {
        var lost = Volatile.Read(ref _lost) - _lostBefore;
        _lostBefore += lost;
        return lost;
    }
}
