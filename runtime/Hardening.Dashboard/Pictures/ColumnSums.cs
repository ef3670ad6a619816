using System.Numerics;
using System.Runtime.InteropServices;

namespace Hardening.Dashboard.Pictures;

/// <summary>Adds rows of a frame, column by column, as values of 8 bits. No more than 256 rows fit into a sum.</summary>
internal static class ColumnSums
{
    /// <summary>A byte a column.</summary>
    public static void AddBytes(ReadOnlySpan<byte> row, Span<ushort> sums)
    {
        var vectors = row.Length / Vector<byte>.Count;
        var wide = MemoryMarshal.Cast<ushort, Vector<ushort>>(sums[..(vectors * Vector<byte>.Count)]);
        var narrow = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        for (var i = 0; i < narrow.Length; i++)
        {
            Vector.Widen(narrow[i], out var low, out var high);
            wide[2 * i] += low;
            wide[(2 * i) + 1] += high;
        }

        for (var i = vectors * Vector<byte>.Count; i < row.Length; i++)
        {
            sums[i] += row[i];
        }
    }

    /// <summary>Sixteen bits a column, little-endian, of which so many count.</summary>
    public static void AddWords(ReadOnlySpan<byte> row, int bits, Span<ushort> sums)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(row);
        var narrow = MemoryMarshal.Cast<ushort, Vector<ushort>>(words);
        var wide = MemoryMarshal.Cast<ushort, Vector<ushort>>(sums[..(narrow.Length * Vector<ushort>.Count)]);
        var most = new Vector<ushort>(byte.MaxValue);
        for (var i = 0; i < narrow.Length; i++)
        {
            wide[i] += Vector.Min(Vector.ShiftRightLogical(narrow[i], bits - 8), most);
        }

        for (var i = narrow.Length * Vector<ushort>.Count; i < words.Length; i++)
        {
            sums[i] += (ushort)Math.Min(words[i] >> (bits - 8), byte.MaxValue);
        }
    }

    /// <summary>Ten or twelve bits a column without gaps, the least significant first.</summary>
    public static void AddPacked(ReadOnlySpan<byte> row, int bits, Span<ushort> sums)
    {
        for (int i = 0, bit = bits - 8; i < sums.Length; i++, bit += bits)
        {
            var at = bit >> 3; // the upper eight bits begin here
            var shift = bit & 7;
            var value = shift == 0 ? row[at] : (row[at] >> shift) | (row[at + 1] << (8 - shift));
            sums[i] += (byte)value;
        }
    }
}
