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

    private List _list;

    internal DefectReport(DefectFinder finder, byte threshold)
    {
        (Count, Overflowed, Threshold) = (finder.Defects.Length, finder.Overflowed, threshold);
        finder.Defects[..Math.Min(Count, MaxListed)].CopyTo(_list);
    }

    /// <summary>How many defects there are.</summary>
    public int Count { get; }

    /// <summary>Whether there were more than can be told apart: the frame does not show what this inspection is made for.</summary>
    public bool Overflowed { get; }

    /// <summary>The brightness from which a pixel counted as defect.</summary>
    public byte Threshold { get; }

    /// <summary>The first <see cref="MaxListed"/>, in the order of each one's first pixel. Boxes are exact; areas are those after the filter, which rounds corners off.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<Defect> Listed => ((ReadOnlySpan<Defect>)_list)[..Math.Min(Count, MaxListed)];

    [InlineArray(MaxListed)]
    private struct List
    {
        private Defect _first;
    }
}
