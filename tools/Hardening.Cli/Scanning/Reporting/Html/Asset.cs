using System.Security.Cryptography;
using System.Text;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>The style or the script of the page, which stands in it, and the hash by which its policy knows it.</summary>
internal sealed class Asset
{
    private Asset(string name)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        Text = reader.ReadToEnd().ReplaceLineEndings("\n");
        Hash = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    public static Asset Style { get; } = new("report.css");

    public static Asset Script { get; } = new("report.js");

    public string Text { get; }

    public string Hash { get; }
}
