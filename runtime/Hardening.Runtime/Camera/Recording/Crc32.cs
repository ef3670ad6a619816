using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;
using Pclmulqdq = System.Runtime.Intrinsics.X86.Pclmulqdq;

namespace Hardening.Camera.Recording;

/// <summary>
/// CRC-32 (IEEE 802.3, polynomial 0x04C11DB7, as in zlib) of whole frames: every language's library has it, and with the processor's carry-less multiplication
/// it is as fast as memory is read. (CRC-32C has an instruction on every processor, but each waits for the one before it.)
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320; // its bits in the order in which they are sent
    private const int Lanes = 8;

    private static readonly uint[] Tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Update(~0u, bytes);

    /// <summary>For tests: the way of a processor without instructions for it.</summary>
    internal static uint ComputeByTables(ReadOnlySpan<byte> bytes) => ~UpdateByTables(~0u, bytes);

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.IsSupported && bytes.Length >= 64)
        {
            return Fold(crc, bytes);
        }

        if (ArmCrc32.Arm64.IsSupported)
        {
            for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            {
                crc = ArmCrc32.Arm64.ComputeCrc32(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            }
        }

        return UpdateByTables(crc, bytes);
    }

    // What 128 bits add to the checksum some bytes further on is their product with a constant: four of them at a time, so that none waits for another.
    // The constants are x^(512+32), x^(512-32), x^(128+32), x^(128-32) mod P, reflected.
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var by512 = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        var by128 = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        var x0 = blocks[0] ^ Vector128.CreateScalar((ulong)crc);
        var (x1, x2, x3) = (blocks[1], blocks[2], blocks[3]);
        var next = 4;
        for (; next + 4 <= blocks.Length; next += 4)
        {
            var four = blocks.Slice(next, 4);
            x0 = Times(x0, by512) ^ four[0];
            x1 = Times(x1, by512) ^ four[1];
            x2 = Times(x2, by512) ^ four[2];
            x3 = Times(x3, by512) ^ four[3];
        }

        x0 = Times(x0, by128) ^ x1;
        x0 = Times(x0, by128) ^ x2;
        x0 = Times(x0, by128) ^ x3;
        for (; next < blocks.Length; next++)
        {
            x0 = Times(x0, by128) ^ blocks[next];
        }

        // What is left stands for all bytes so far, the start value included.
        Span<byte> rest = stackalloc byte[Vector128<byte>.Count];
        x0.AsByte().CopyTo(rest);
        return UpdateByTables(UpdateByTables(0, rest), bytes[(blocks.Length * Vector128<byte>.Count)..]);
    }

    private static Vector128<ulong> Times(Vector128<ulong> value, Vector128<ulong> constants) =>
        Pclmulqdq.CarrylessMultiply(value, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, constants, 0x11);

    private static uint UpdateByTables(uint crc, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = 0;
            for (var lane = 0; lane < Lanes; lane++)
            {
                crc ^= tables[((Lanes - 1 - lane) * 256) + (int)(byte)(word >> (8 * lane))];
            }
        }

        foreach (var one in bytes)
        {
            crc = (crc >> 8) ^ tables[(byte)crc ^ one];
        }

        return crc;
    }

    // Table n holds what a byte adds with n zero bytes behind it.
    private static uint[] MakeTables()
    {
        var tables = new uint[Lanes * 256];
        for (var value = 0u; value < 256; value++)
        {
            var crc = value;
            for (var lane = 0; lane < Lanes; lane++)
            {
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
                }

                tables[(lane * 256) + (int)value] = crc;
            }
        }

        return tables;
    }
}
