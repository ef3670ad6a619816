using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Hardening.Camera;

namespace Hardening.Pool;

/// <summary>64 bits that say whether two jobs are the same: by their key, or else by their request and the numbers of their frames (pixels are not read). Not proof against forgery.</summary>
internal static class JobFingerprint
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15; // 2^64 by the golden ratio: odd, and its bits are well mixed
    private const ulong Second = 0xD6E8_FEB8_6659_FD93;

    public static ulong Of(string? key, ReadOnlySpan<byte> request, ReadOnlySpan<FrameLease> frames)
    {
        if (key is not null)
        {
            return Add(1, MemoryMarshal.AsBytes(key.AsSpan()));
        }

        var hash = Add(2, request);
        foreach (ref readonly var frame in frames)
        {
            ref readonly var info = ref frame.Info;
            hash = Mix(Add(hash, MemoryMarshal.AsBytes(info.Camera.AsSpan())), (ulong)info.Sequence);
        }

        return hash;
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = Mix(hash, (ulong)bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        rest.Clear();
        bytes.CopyTo(rest);
        return Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(rest));
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        var high = Math.BigMul(hash ^ value ^ Second, Multiplier, out var low);
        return (high ^ low) + value; // the sum keeps apart what the product makes zero
    }
}
