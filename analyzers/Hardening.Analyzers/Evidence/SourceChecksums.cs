using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>Tells whether a file is the one that was compiled. Line ends may differ: the machine that built may have checked it out with its own.</summary>
internal sealed class SourceChecksums(SyntaxTree tree)
{
    private static readonly ConditionalWeakTable<SyntaxTree, SourceChecksums> Known = new();
    private static readonly Encoding Plain = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private readonly ConcurrentDictionary<string, ImmutableHashSet<string>> _byAlgorithm = new(StringComparer.Ordinal);

    public static bool IsSame(SyntaxTree tree, EvidenceDocument? document) =>
        document is not null && Known.GetValue(tree, key => new SourceChecksums(key))._byAlgorithm.GetOrAdd(document.Algorithm, Known.GetValue(tree, key => new SourceChecksums(key)).Compute).Contains(document.Checksum);

    private ImmutableHashSet<string> Compute(string name)
    {
        var algorithm = name switch { "SHA256" => SourceHashAlgorithm.Sha256, "SHA1" => SourceHashAlgorithm.Sha1, _ => SourceHashAlgorithm.None };
        if (algorithm == SourceHashAlgorithm.None)
        {
            return ImmutableHashSet<string>.Empty;
        }

        var text = tree.GetText();
        var content = text.ToString();
        var unix = content.Replace("\r\n", "\n");
        var encoding = text.Encoding ?? Plain;
        return ImmutableHashSet.Create(
            text.ChecksumAlgorithm == algorithm ? Hex(text) : Hex(SourceText.From(content, encoding, algorithm)),
            Hex(SourceText.From(unix, encoding, algorithm)),
            Hex(SourceText.From(unix.Replace("\n", "\r\n"), encoding, algorithm)));
    }

    private static string Hex(SourceText text) => string.Concat(text.GetChecksum().Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}
