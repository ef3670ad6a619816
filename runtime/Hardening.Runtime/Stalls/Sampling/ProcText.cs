namespace Hardening.Stalls.Sampling;

/// <summary>Reads the numbers of /proc out of its texts. Nothing here allocates or throws: what is not there is 0.</summary>
internal static class ProcText
{
    /// <summary>Takes the next number off the text, with the blanks before it.</summary>
    public static long Number(ref ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\n"u8);
        var i = 0;
        var value = 0L;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            value = (value * 10) + (text[i] - '0');
        }

        text = text[i..];
        return value;
    }

    /// <summary>Takes words off the text, with the blanks before them.</summary>
    public static void Skip(ref ReadOnlySpan<byte> text, int words)
    {
        for (; words > 0; words--)
        {
            text = text.TrimStart((byte)' ');
            var end = text.IndexOf((byte)' ');
            text = end < 0 ? [] : text[end..];
        }
    }

    /// <summary>The number behind a key.</summary>
    /// <returns>Whether the key is there.</returns>
    public static bool TryFind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out long value)
    {
        var at = text.IndexOf(key);
        value = 0;
        if (at < 0)
        {
            return false;
        }

        text = text[(at + key.Length)..];
        value = Number(ref text);
        return true;
    }

    /// <summary>What follows 0x.</summary>
    public static ulong Hexadecimal(ReadOnlySpan<byte> text)
    {
        var value = 0UL;
        foreach (var letter in text.StartsWith("0x"u8) ? text[2..] : text)
        {
            var digit = char.IsAsciiHexDigit((char)letter) ? Convert(letter) : -1;
            if (digit < 0)
            {
                break;
            }

            value = (value << 4) | (uint)digit;
        }

        return value;
    }

    /// <summary>How much more there is than at the last look. What went back has not grown.</summary>
    public static long Growth(ref long last, long now)
    {
        var growth = now - last;
        last = now;
        return Math.Max(0, growth);
    }

    private static int Convert(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
