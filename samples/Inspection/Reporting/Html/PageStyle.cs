using System.Security.Cryptography;
using System.Text;

namespace Inspection.Reporting.Html;

/// <summary>The style of the page, which stands in it, and the hash by which its policy knows it.</summary>
internal sealed class PageStyle
{
    private PageStyle()
    {
        using var stream = typeof(PageStyle).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        Text = "\n" + reader.ReadToEnd().ReplaceLineEndings("\n");
        Hash = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    public static PageStyle Instance { get; } = new();

    public string Text { get; }

    public string Hash { get; }
}
