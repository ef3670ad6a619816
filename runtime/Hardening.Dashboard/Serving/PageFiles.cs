using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Hardening.Dashboard.Serving;

/// <summary>The files of the page, which are in this assembly.</summary>
internal static class PageFiles
{
    /// <summary>The page itself.</summary>
    public const string Index = "index.html";

    private const string Prefix = "Page/";

    private static readonly Lazy<FrozenDictionary<string, PageFile>> s_files = new(Load);

    /// <summary>A file; null when there is none of this name.</summary>
    public static PageFile? Find(string name) => s_files.Value.GetValueOrDefault(name);

    /// <summary>The names of all files.</summary>
    public static IEnumerable<string> Names => s_files.Value.Keys;

    private static FrozenDictionary<string, PageFile> Load()
    {
        var assembly = typeof(PageFiles).Assembly;
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add(resource[Prefix.Length..], new PageFile(bytes, ContentType(resource), $"\"{Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 16))}\""));
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}

/// <summary>A file of the page.</summary>
/// <param name="Bytes">What it holds.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="ETag">Changes with its bytes.</param>
internal sealed record PageFile(ReadOnlyMemory<byte> Bytes, string ContentType, string ETag);
