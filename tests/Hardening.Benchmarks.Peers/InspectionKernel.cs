using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hardening.Benchmarks.Peers;

/// <summary>
/// The work on a frame, in one pass over its pixels: a mask of the bright ones, their number, and the mean of each block of 8x8. The same as
/// <c>peers/camera_kernel.c</c>, instruction for instruction where there is AVX2.
/// </summary>
public static unsafe class InspectionKernel
{
    private const int Lanes = 32;
    private const int Block = 8;

    /// <summary>By vectors.</summary>
    /// <param name="pixels">The frame.</param>
    /// <param name="width">Pixels in a row, a multiple of 32.</param>
    /// <param name="height">Rows, a multiple of 8.</param>
    /// <param name="mask">Gets 255 for each bright pixel, and else 0.</param>
    /// <param name="means">Gets one byte for each block.</param>
    public static FrameFindings Run(ReadOnlySpan<byte> pixels, int width, int height, Span<byte> mask, Span<byte> means)
    {
        if (pixels.Length != width * height || mask.Length != pixels.Length || means.Length != pixels.Length / (Block * Block) || width % Lanes != 0 || height % Block != 0)
        {
            throw new ArgumentException("The frame, its mask and its means do not fit together, or are no multiple of 32 by 8.");
        }

        fixed (byte* from = pixels, to = mask, blocks = means)
        {
            return Run(from, width, height, to, blocks);
        }
    }

    /// <summary>The same pixel by pixel, to compare with.</summary>
    public static FrameFindings RunPlainly(ReadOnlySpan<byte> pixels, int width, int height, Span<byte> mask, Span<byte> means)
    {
        var bright = 0L;
        for (var at = 0; at < pixels.Length; at++)
        {
            var isBright = pixels[at] >= Workload.Threshold;
            mask[at] = isBright ? (byte)255 : (byte)0;
            bright += isBright ? 1 : 0;
        }

        var all = 0L;
        for (var block = 0; block < means.Length; block++)
        {
            var (left, top) = (block % (width / Block) * Block, block / (width / Block) * Block);
            var sum = 0;
            for (var at = 0; at < Block * Block; at++)
            {
                sum += pixels[((top + (at / Block)) * width) + left + (at % Block)];
            }

            all += means[block] = (byte)(sum / (Block * Block));
        }

        return new FrameFindings(bright, all);
    }

    private static FrameFindings Run(byte* pixels, int width, int height, byte* mask, byte* means)
    {
        var limit = Vector256.Create(Workload.Threshold);
        var brightSums = Vector256<ulong>.Zero;
        var meanSums = Vector256<ulong>.Zero;
        for (var top = 0; top < height; top += Block)
        {
            for (var left = 0; left < width; left += Lanes)
            {
                var at = (top * width) + left;
                var sums = Vector256<ulong>.Zero;
                var bright = Vector256<byte>.Zero;
                for (var row = 0; row < Block; row++, at += width)
                {
                    var values = Vector256.Load(pixels + at);
                    var isBright = Vector256.Equals(Vector256.Max(values, limit), values);
                    isBright.Store(mask + at);
                    bright -= isBright;
                    sums += SumsOfEight(values);
                }

                brightSums += SumsOfEight(bright);
                sums >>>= 6;
                meanSums += sums;
                *means++ = (byte)sums[0];
                *means++ = (byte)sums[1];
                *means++ = (byte)sums[2];
                *means++ = (byte)sums[3];
            }
        }

        return new FrameFindings((long)Vector256.Sum(brightSums), (long)Vector256.Sum(meanSums));
    }

    private static Vector256<ulong> SumsOfEight(Vector256<byte> values)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.SumAbsoluteDifferences(values, Vector256<byte>.Zero).AsUInt64();
        }

        var pairs = (values.AsUInt16() & Vector256.Create((ushort)0xFF)) + (values.AsUInt16() >>> 8);
        var fours = (pairs.AsUInt32() & Vector256.Create(0xFFFFu)) + (pairs.AsUInt32() >>> 16);
        return (fours.AsUInt64() & Vector256.Create(0xFFFF_FFFFul)) + (fours.AsUInt64() >>> 32);
    }
}
