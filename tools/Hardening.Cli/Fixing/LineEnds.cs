using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Fixing;

/// <summary>Line ends are a file's own: what a fix puts in takes those that all its lines have.</summary>
internal static class LineEnds
{
    /// <returns>The new text with the line ends of the old one; as it is where these are mixed.</returns>
    public static SourceText Like(SourceText old, SourceText changed)
    {
        var (text, written) = (old.ToString(), changed.ToString());
        var (windows, unix) = Count(text);
        var ended = (windows, unix) switch
        {
            ( > 0, 0) => written.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal),
            (0, > 0) => written.Replace("\r\n", "\n", StringComparison.Ordinal),
            _ => written,
        };
        return SourceText.From(ended, old.Encoding, old.ChecksumAlgorithm); // with the encoding, and its mark at the beginning, of the old one
    }

    private static (int Windows, int Unix) Count(string text)
    {
        var windows = 0;
        var unix = 0;
        for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1))
        {
            if (at > 0 && text[at - 1] == '\r')
            {
                windows++;
            }
            else
            {
                unix++;
            }
        }

        return (windows, unix);
    }
}
