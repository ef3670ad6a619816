using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inspection.Work;

/// <summary>What was found on one frame: a value, so that it passes between threads without an allocation.</summary>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Nobody compares whole reports.")]
public struct DefectReport
{
    /// <summary>How many defects a report lists; it counts further ones.</summary>
    public const int MaxListed = 64;

    /// <summary>A report takes no more bytes than this, as <see cref="Write"/> writes it.</summary>
    public const int MaxBytes = HeaderBytes + (MaxListed * DefectBytes);

    private const int HeaderBytes = 8; // count, overflowed, threshold, two that are 0
    private const int DefectBytes = 5 * sizeof(int);

    private List _list;

    internal DefectReport(DefectFinder finder, byte threshold)
    {
        (Count, Overflowed, Threshold) = (finder.Defects.Length, finder.Overflowed, threshold);
        finder.Defects[..Math.Min(Count, MaxListed)].CopyTo(_list);
    }

    /// <summary>How many defects there are.</summary>
    public int Count { get; private init; }

    /// <summary>Whether there were more than can be told apart: the frame does not show what this inspection is made for.</summary>
    public bool Overflowed { get; private init; }

    /// <summary>The brightness from which a pixel counted as defect.</summary>
    public byte Threshold { get; private init; }

    /// <summary>The first <see cref="MaxListed"/>, in the order of each one's first pixel. Boxes are exact; areas are those after the filter, which rounds corners off.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<Defect> Listed => ((ReadOnlySpan<Defect>)_list)[..Math.Min(Count, MaxListed)];

    /// <summary>Writes the report for another process.</summary>
    /// <param name="bytes">Where to; <see cref="MaxBytes"/> always suffice.</param>
    /// <returns>How many bytes it takes.</returns>
    public readonly int Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Count);
        (bytes[4], bytes[5], bytes[6], bytes[7]) = (Overflowed ? (byte)1 : (byte)0, Threshold, 0, 0);
        var at = HeaderBytes;
        foreach (var defect in Listed)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[at..], defect.X);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 4)..], defect.Y);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 8)..], defect.Width);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 12)..], defect.Height);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(at + 16)..], defect.Area);
            at += DefectBytes;
        }

        return at;
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="InvalidDataException">It was not written by that.</exception>
    public static DefectReport Read(ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Length >= HeaderBytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : -1;
        if (count < 0 || bytes.Length != HeaderBytes + (Math.Min(count, MaxListed) * DefectBytes))
        {
            throw new InvalidDataException($"{bytes.Length} bytes are no report of defects.");
        }

        var report = new DefectReport { Count = count, Overflowed = bytes[4] == 1, Threshold = bytes[5] };
        var listed = (Span<Defect>)report._list;
        for (var i = 0; i < Math.Min(count, MaxListed); i++)
        {
            var rest = bytes[(HeaderBytes + (i * DefectBytes))..];
            listed[i] = new Defect(Number(rest), Number(rest[4..]), Number(rest[8..]), Number(rest[12..]), Number(rest[16..]));
        }

        return report;
    }

    private static int Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    [InlineArray(MaxListed)]
    private struct List
    {
        private Defect _first;
    }
}
