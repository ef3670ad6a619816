using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hardening.Pool.Protocol;

/// <summary>
/// CRC-32 (IEEE 802.3, as in zlib) of the 28 bytes of a message's header. One table for each of the 28 places, so that no look-up waits for another: a few nanoseconds.
/// The first bytes of a header hardly ever differ, and so of 28 KiB of tables a few lines are in use.
/// </summary>
internal static class Crc32
{
    /// <summary>How many bytes it is taken of.</summary>
    public const int Length = 28;

    private const uint Polynomial = 0xEDB88320; // its bits in the order in which they are sent

    private static readonly uint[] Tables = MakeTables();

    /// <param name="bytes">At least <see cref="Length"/>; the rest is not looked at.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        ref var first = ref MemoryMarshal.GetReference(bytes[..Length]);
        return ~(OfWord(ref first, 0, ~0u) // the start value counts for the first four bytes alone
            ^ OfWord(ref first, 4) ^ OfWord(ref first, 8) ^ OfWord(ref first, 12) ^ OfWord(ref first, 16) ^ OfWord(ref first, 20) ^ OfWord(ref first, 24));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // so that the places are constants
    private static uint OfWord(ref byte first, int place, uint start = 0)
    {
        var word = start ^ Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, place));
        ref var table = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Tables), place * 256);
        return Unsafe.Add(ref table, (int)(byte)word)
            ^ Unsafe.Add(ref table, 256 + (int)(byte)(word >> 8))
            ^ Unsafe.Add(ref table, 512 + (int)(byte)(word >> 16))
            ^ Unsafe.Add(ref table, 768 + (int)(word >> 24));
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[Length * 256];
        for (var value = 0u; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = Shift(crc);
            }

            // What a byte adds to the checksum depends on how many bytes follow it: each is eight shifts more.
            for (var place = Length - 1; place >= 0; place--)
            {
                tables[(place * 256) + (int)value] = crc;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = Shift(crc);
                }
            }
        }

        return tables;
    }

    private static uint Shift(uint crc) => (crc >> 1) ^ ((crc & 1) != 0 ? Polynomial : 0);
}
