using System.Globalization;
using System.Text;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>Makes characters visible that show code other than it is: control characters, those that turn the direction of text, those without width, and halves of characters.</summary>
internal static class VisibleText
{
    public static string Of(string text)
    {
        var first = 0;
        while (first < text.Length && !IsHidden(text, first))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        var visible = new StringBuilder(text, 0, first, text.Length + 16);
        for (var at = first; at < text.Length; at++)
        {
            _ = IsHidden(text, at) ? visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:X4}") : visible.Append(text[at]);
        }

        return visible.ToString();
    }

    private static bool IsHidden(string text, int at) => text[at] switch
    {
        '\t' or '\n' or '\r' => false,
        < ' ' or (>= '\u007F' and <= '\u009F') => true,
        '\u061C' or '\u200B' or '\u200E' or '\u200F' or '\u2060' or '\uFEFF' => true,
        (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        var half when char.IsHighSurrogate(half) => at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]),
        var half when char.IsLowSurrogate(half) => at == 0 || !char.IsHighSurrogate(text[at - 1]),
        _ => false,
    };
}
