using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>A page in the making. What stands in code is markup, and what is put into it is text: nothing that comes from outside can become markup.</summary>
internal sealed class HtmlPage(TextWriter writer)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new();

    /// <param name="markup">An interpolated string: its holes are encoded for elements and for quoted attributes.</param>
    public void Write(Markup markup) => _text.Append(markup.Text);

    /// <summary>Styles and scripts of our own.</summary>
    public void WriteAsset(Asset asset) => _text.Append(asset.Text);

    /// <summary>Hands on what was written so far.</summary>
    public async Task FlushAsync(CancellationToken stop)
    {
        await writer.WriteAsync(_text, stop);
        _text.Clear();
    }

    /// <summary>An interpolated string that is encoded where it is not literal. No string converts to it.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Markup(int literalLength, int formattedCount)
    {
        private const int UsualHole = 16;

        public StringBuilder Text { get; } = new(literalLength + (formattedCount * UsualHole));

        public void AppendLiteral(string markup) => Text.Append(markup);

        public void AppendFormatted(string? text) => Text.Append(Encoder.Encode(VisibleText.Of(text ?? "")));

        public void AppendFormatted(int number) => Text.Append(CultureInfo.InvariantCulture, $"{number}");
    }
}
