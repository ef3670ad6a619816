using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inspection.Work;

/// <summary>The picture for the operator: grey shown as RGB, with a red frame around each defect.</summary>
public static class Annotation
{
    private const int Channels = 3;

    /// <summary>The bytes of such a picture.</summary>
    public static int Bytes(int width, int height) => checked(width * height * Channels);

    /// <summary>Draws the picture.</summary>
    /// <param name="grey">The pixels, without padding between rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="defects">What to frame.</param>
    /// <param name="rgb">The picture, <see cref="Bytes"/> long.</param>
    public static void Draw(ReadOnlySpan<byte> grey, int width, int height, ReadOnlySpan<Defect> defects, Span<byte> rgb)
    {
        Expand(grey, rgb);
        foreach (var defect in defects)
        {
            Frame(defect, width, height, rgb);
        }
    }

    private static void Expand(ReadOnlySpan<byte> grey, Span<byte> rgb)
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            var first = Vector128.Create((byte)0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5);
            var second = Vector128.Create((byte)5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10);
            var third = Vector128.Create((byte)10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15);
            ref var source = ref MemoryMarshal.GetReference(grey);
            ref var target = ref MemoryMarshal.GetReference(rgb[..(grey.Length * Channels)]);
            for (; i + Vector128<byte>.Count <= grey.Length; i += Vector128<byte>.Count)
            {
                var pixels = Vector128.LoadUnsafe(ref source, (nuint)i);
                var at = (nuint)(i * Channels);
                Vector128.Shuffle(pixels, first).StoreUnsafe(ref target, at);
                Vector128.Shuffle(pixels, second).StoreUnsafe(ref target, at + 16);
                Vector128.Shuffle(pixels, third).StoreUnsafe(ref target, at + 32);
            }
        }

        for (; i < grey.Length; i++)
        {
            rgb.Slice(i * Channels, Channels).Fill(grey[i]);
        }
    }

    private static void Frame(Defect defect, int width, int height, Span<byte> rgb)
    {
        const int margin = 2;
        var (left, right) = (Math.Max(defect.X - margin, 0), Math.Min(defect.X + defect.Width + margin, width) - 1);
        var (top, bottom) = (Math.Max(defect.Y - margin, 0), Math.Min(defect.Y + defect.Height + margin, height) - 1);
        for (var x = left; x <= right; x++)
        {
            Red(rgb, (top * width) + x);
            Red(rgb, (bottom * width) + x);
        }

        for (var y = top; y <= bottom; y++)
        {
            Red(rgb, (y * width) + left);
            Red(rgb, (y * width) + right);
        }
    }

    private static void Red(Span<byte> rgb, int pixel)
    {
        var at = rgb.Slice(pixel * Channels, Channels);
        (at[0], at[1], at[2]) = (255, 0, 0);
    }
}
