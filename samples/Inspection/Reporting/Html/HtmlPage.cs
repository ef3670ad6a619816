using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Inspection.Reporting.Html;

/// <summary>A page in the making. What stands in code is markup, and what is put into it is text: nothing that comes from outside can become markup.</summary>
internal sealed class HtmlPage
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new();

    /// <param name="markup">An interpolated string: its holes are encoded for elements and for quoted attributes.</param>
    public void Write(Markup markup) => _text.Append(markup.Text);

    /// <summary>As <see cref="Write"/>, with the end of the line.</summary>
    public void WriteLine(Markup markup) => _text.Append(markup.Text).Append('\n');

    /// <summary>A style of our own.</summary>
    public void WriteStyle(PageStyle style) => _text.Append(style.Text);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>An interpolated string that is encoded where it is not literal. No string converts to it.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Markup(int literalLength, int formattedCount)
    {
        private const int UsualHole = 16;

        public StringBuilder Text { get; } = new(literalLength + (formattedCount * UsualHole));

        public void AppendLiteral(string markup) => Text.Append(markup);

        public void AppendFormatted(string? text) => Text.Append(Encoder.Encode(text ?? ""));

        public void AppendFormatted(int number) => Text.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>For coordinates: three decimals are less than a pixel.</summary>
        public void AppendFormatted(double number) => Text.Append(number.ToString("0.###", CultureInfo.InvariantCulture));
    }
}
