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
    private readonly LockStatements _locks = new();

    /// <param name="frame">The frame.</param>
    /// <param name="waitsFor">What it waits for.</param>
    /// <returns>Null where symbols are missing or do not tell.</returns>
    public SourceLine? Of(RawFrame frame, LockKind waitsFor = LockKind.None)
    {
        if (frame.AssemblyPath is not { Length: > 0 } path || frame.IlOffset < 0 || MetadataTokens.EntityHandle(frame.Token) is not { Kind: HandleKind.MethodDefinition, IsNil: false } method)
        {
            return null;
        }

        try
        {
            return Symbols(path) is { } reader ? Line(reader, (MethodDefinitionHandle)method, frame, waitsFor) : null;
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return null; // another version of the assembly has taken its place
        }
    }

    private SourceLine? Line(MetadataReader reader, MethodDefinitionHandle method, RawFrame frame, LockKind waitsFor)
    {
        if (MetadataTokens.GetRowNumber(method) > reader.MethodDebugInformation.Count)
        {
            return null;
        }

        var points = reader.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints().ToList();
        var offset = waitsFor != LockKind.None ? _locks.Place(frame, [.. points.Select(point => point.Offset)]) : frame.IlOffset;
        var visible = points.FindAll(point => !point.IsHidden); // they are in order
        var at = visible.FindLastIndex(point => point.Offset <= offset);
        if (at < 0)
        {
            return null;
        }

        var line = waitsFor == LockKind.Lock && at + 1 < visible.Count ? BeforeBlock(visible[at], visible[at + 1]) : visible[at].StartLine;
        var document = reader.GetDocument(visible[at].Document);
        return new SourceLine(reader.GetString(document.Name), line, visible.Where(point => point.Document == visible[at].Document).Min(point => point.StartLine), Algorithm(reader, document), Checksum(reader, document));
    }

    private static string? Algorithm(MetadataReader reader, Document document) =>
        reader.GetGuid(document.HashAlgorithm) is var algorithm && algorithm == s_sha256 ? "SHA256" : algorithm == s_sha1 ? "SHA1" : null;

    private static string Checksum(MetadataReader reader, Document document) => Convert.ToHexStringLower(reader.GetBlobBytes(document.Hash));

    // A lock statement of a System.Threading.Lock has no place of its own, its block has: it is above the brace, or before it where the statement before is on the line above.
    private static int BeforeBlock(SequencePoint before, SequencePoint block) =>
        block.StartLine != block.EndLine || block.EndColumn != block.StartColumn + 1 || block.StartLine <= before.EndLine ? before.StartLine
        : block.StartLine - 1 > before.EndLine ? block.StartLine - 1 : block.StartLine;

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
