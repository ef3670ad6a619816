using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hardening.Witness;

/// <summary>Finds source lines in portable symbols: beside the assembly, or in it.</summary>
internal sealed class SourceLines
{
    private const int MaxAssemblies = 1_000;

    // As the format of portable symbols numbers them.
    private static readonly Guid s_sha1 = new("ff1816ec-aa5e-4d10-87f7-6f4963833460"), s_sha256 = new("8829d00f-11b8-4213-878b-770e8597ac16");

    private readonly Dictionary<string, MetadataReader?> _symbols = new(StringComparer.Ordinal);

    /// <param name="frame">The frame.</param>
    /// <param name="takesLock">Whether what it calls waits for a <see cref="Lock"/>.</param>
    /// <returns>Null where symbols are missing or do not tell.</returns>
    public SourceLine? Of(RawFrame frame, bool takesLock = false)
    {
        if (frame.AssemblyPath is not { Length: > 0 } path || frame.IlOffset < 0 || MetadataTokens.EntityHandle(frame.Token) is not { Kind: HandleKind.MethodDefinition, IsNil: false } method)
        {
            return null;
        }

        try
        {
            return Symbols(path) is { } reader ? Line(reader, (MethodDefinitionHandle)method, frame, takesLock) : null;
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return null; // another version of the assembly has taken its place
        }
    }

    private static SourceLine? Line(MetadataReader reader, MethodDefinitionHandle method, RawFrame frame, bool takesLock)
    {
        if (MetadataTokens.GetRowNumber(method) > reader.MethodDebugInformation.Count)
        {
            return null;
        }

        var visible = reader.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints().Where(point => !point.IsHidden).ToList(); // they are in order
        var at = visible.FindLastIndex(point => point.Offset <= frame.IlOffset);
        if (at < 0)
        {
            return null;
        }

        var line = takesLock && at + 1 < visible.Count && (IsBrace(visible[at]) || !LockStatements.IsPartOf(frame, visible[at].Offset)) ? Between(visible[at], visible[at + 1]) : visible[at].StartLine;
        var document = reader.GetDocument(visible[at].Document);
        return new SourceLine(reader.GetString(document.Name), line, visible.Where(point => point.Document == visible[at].Document).Min(point => point.StartLine), Algorithm(reader, document), Checksum(reader, document));
    }

    private static string? Algorithm(MetadataReader reader, Document document) =>
        reader.GetGuid(document.HashAlgorithm) is var algorithm && algorithm == s_sha256 ? "SHA256" : algorithm == s_sha1 ? "SHA1" : null;

    private static string Checksum(MetadataReader reader, Document document) => Convert.ToHexStringLower(reader.GetBlobBytes(document.Hash));

    // Where the lock statement is between the statement before it and what comes next: the brace of its block, above which it is, or (in optimised code) the first statement of it, with the brace in between.
    private static int Between(SequencePoint before, SequencePoint next)
    {
        var line = next.StartLine - (IsBrace(next) ? 1 : 2);
        return line > before.EndLine ? line : Math.Min(before.EndLine + 1, next.StartLine);
    }

    private static bool IsBrace(SequencePoint point) => point.StartLine == point.EndLine && point.EndColumn == point.StartColumn + 1;

    private MetadataReader? Symbols(string path)
    {
        if (!_symbols.TryGetValue(path, out var reader))
        {
            if (_symbols.Count >= MaxAssemblies)
            {
                _symbols.Clear();
            }

            _symbols.Add(path, reader = Open(path));
        }

        return reader;
    }

    private static MetadataReader? Open(string path)
    {
        try
        {
            using var assembly = new PEReader(File.OpenRead(path));
            return assembly.TryOpenAssociatedPortablePdb(path, OpenSymbols, out var symbols, out _) ? symbols?.GetMetadataReader() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null;
        }
    }

    // In memory as a whole: the file may be replaced while it is in use.
    private static MemoryStream? OpenSymbols(string path) => File.Exists(path) ? new MemoryStream(File.ReadAllBytes(path)) : null;
}

/// <summary>A line, and the file that it is in, as it was compiled.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="MethodLine">The first line of the method's code.</param>
/// <param name="Algorithm">Of the checksum; null for one that is not known.</param>
/// <param name="Checksum">Of the file; hexadecimal.</param>
internal sealed record SourceLine(string File, int Line, int MethodLine, string? Algorithm, string Checksum);
