namespace Hardening.Camera.Pictures;

/// <summary>The order in which people count: frame2 before frame10. Names that differ in leading zeros alone are ordered by their characters.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var one = x.AsSpan();
        var other = y.AsSpan();
        while (one.Length > 0 && other.Length > 0)
        {
            if (char.IsAsciiDigit(one[0]) && char.IsAsciiDigit(other[0]))
            {
                var left = TakeNumber(ref one);
                var right = TakeNumber(ref other);
                if (left.Length != right.Length)
                {
                    return left.Length - right.Length;
                }

                if (left.SequenceCompareTo(right) is var order and not 0)
                {
                    return order;
                }
            }
            else if (one[0] != other[0])
            {
                return one[0] - other[0];
            }
            else
            {
                one = one[1..];
                other = other[1..];
            }
        }

        return one.Length != other.Length ? one.Length - other.Length : string.CompareOrdinal(x, y);
    }

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
        {
            length++;
        }

        var number = text[..length].TrimStart('0');
        text = text[length..];
        return number;
    }
}
