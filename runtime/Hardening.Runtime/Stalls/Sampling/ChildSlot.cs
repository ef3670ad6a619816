using System.Runtime.InteropServices;

namespace Hardening.Stalls.Sampling;

/// <summary>A descendant that is read; shared as a <see cref="ThreadSlot"/> is.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ChildSlot
{
    public int State; // as of a ThreadSlot; volatile
    public int ProcessId;
    public int Stat; // a descriptor
    public int Looks; // of the aide at its program
    public bool IsOurs; // a program of this library's, which is no load of the application's; volatile

    // Of the sampler alone, from here on.
    public bool IsKnown;
    public long Ticks;
    public long WaitedForTicks; // of its own children that have ended
}
