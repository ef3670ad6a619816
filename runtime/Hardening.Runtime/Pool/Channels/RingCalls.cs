using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Pool.Channels;

/// <summary>
/// Who is in a call that uses the rings' memory, so that it is unmapped only once nobody is. What a call per message costs here counts: two plain writes and a read. The price is paid by
/// <see cref="TryEnd"/>, which makes all processors look at what it wrote before it looks at what they wrote.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4 * LineBytes)]
internal struct RingCalls
{
    private const int LineBytes = 128;

    /// <summary>Of each there is one thread at a time, with a mark on a line of its own.</summary>
    [FieldOffset(0)]
    public bool Sender;

    [FieldOffset(LineBytes)]
    public bool FirstReader;

    [FieldOffset(2 * LineBytes)]
    public bool SecondReader;

    [FieldOffset(3 * LineBytes)]
    private int _others;

    [FieldOffset((3 * LineBytes) + sizeof(int))]
    private bool _ended;

    /// <returns>False when the memory is gone, or is about to go. <see cref="Leave(ref bool)"/> either way.</returns>
    public readonly bool TryEnter(ref bool mark)
    {
        Volatile.Write(ref mark, true);
        return !Volatile.Read(in _ended);
    }

    public static void Leave(ref bool mark) => Volatile.Write(ref mark, false);

    /// <summary>For calls that any number of threads make.</summary>
    /// <returns>False when the memory is gone, or is about to go. <see cref="Leave()"/> either way.</returns>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _others);
        return !Volatile.Read(ref _ended);
    }

    public void Leave() => Interlocked.Decrement(ref _others);

    /// <summary>Lets nobody in any more and waits until nobody is in.</summary>
    /// <param name="nanoseconds">For how long at most.</param>
    /// <returns>False when somebody still is: the memory must stay.</returns>
    public bool TryEnd(long nanoseconds)
    {
        Volatile.Write(ref _ended, true);
        Interlocked.MemoryBarrierProcessWide(); // who did not see that it ended, has been seen to be in
        var until = Libc.Nanoseconds + nanoseconds;
        var spin = default(SpinWait);
        while (Volatile.Read(ref Sender) || Volatile.Read(ref FirstReader) || Volatile.Read(ref SecondReader) || Volatile.Read(ref _others) != 0)
        {
            if (Libc.Nanoseconds > until)
            {
                return false;
            }

            spin.SpinOnce();
        }

        return true;
    }
}
