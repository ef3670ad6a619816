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
        bytes = bytes[..Length];
        ref var table = ref MemoryMarshal.GetArrayDataReference(Tables);
        var crc = ~0u;
        var sum = 0u;
        for (var place = 0; place < Length; place += sizeof(uint))
        {
            var word = crc ^ Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), place));
            sum ^= Unsafe.Add(ref table, (place * 256) + (int)(byte)word)
                ^ Unsafe.Add(ref table, ((place + 1) * 256) + (int)(byte)(word >> 8))
                ^ Unsafe.Add(ref table, ((place + 2) * 256) + (int)(byte)(word >> 16))
                ^ Unsafe.Add(ref table, ((place + 3) * 256) + (int)(word >> 24));
            crc = 0; // the start value counts for the first four bytes alone
        }

        return ~sum;
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
