using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>What the jobs carry, the same for all who are measured.</summary>
internal static class Payloads
{
    public const int EchoBytes = 100;
    public const int FrameBytes = 1_228_800;
    public const int Width = 1280;
    public const int Height = 960;

    /// <summary>How many frames there are, in turn: together still in the cache of the processor.</summary>
    public const int Slots = 8;

    /// <summary>A request of a caller's own: the number of the job and a filling.</summary>
    public static byte[] Request()
    {
        var request = new byte[EchoBytes];
        Array.Fill(request, (byte)'x');
        return request;
    }

    public static void Number(Span<byte> request, long number) => BinaryPrimitives.WriteInt64LittleEndian(request, number);

    /// <summary>A picture; the same everywhere, so that its sum is known.</summary>
    public static void Fill(Span<byte> pixels, int number)
    {
        for (var at = 0; at < pixels.Length; at++)
        {
            pixels[at] = (byte)((number * 7) + (at % 4096 * 31));
        }
    }

    /// <summary>Reads every byte.</summary>
    public static long Sum(ReadOnlySpan<byte> pixels)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(pixels);
        var (one, two, three, four) = (Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero);
        for (; vectors.Length >= 4; vectors = vectors[4..])
        {
            one += vectors[0];
            two += vectors[1];
            three += vectors[2];
            four += vectors[3];
        }

        return (long)Vector.Sum(one + two + three + four); // a frame is a whole number of these
    }

    /// <summary>Reads the first and the last byte.</summary>
    public static long Ends(ReadOnlySpan<byte> pixels) => (pixels[0] << 8) + pixels[^1];
}
