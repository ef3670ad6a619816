using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>Tells whether a file is the one that was compiled. Line ends may differ: the machine that built may have checked it out with its own. So may the mark at the beginning, which not every host keeps.</summary>
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
        var windows = unix.Replace("\n", "\r\n");
        return ImmutableHashSet.CreateRange(
            from encoding in new[] { text.Encoding ?? Plain, Plain, Encoding.UTF8 }.Distinct()
            from variant in new[] { content, unix, windows }.Distinct(StringComparer.Ordinal)
            select Hex(SourceText.From(variant, encoding, algorithm))).Add(Hex(text));
    }

    private static string Hex(SourceText text) => string.Concat(text.GetChecksum().Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}
