using System.Numerics;
using System.Runtime.InteropServices;

namespace Hardening.Pool.Wire;

/// <summary>CRC-32C (Castagnoli, as in iSCSI): the processor has an instruction for it, eight bytes at a time.</summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }
}
