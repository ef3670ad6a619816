using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hardening.Witness;

/// <summary>Finds source lines in portable symbols: beside the assembly, or in it.</summary>
internal sealed class SourceLines
{
    private const int MaxAssemblies = 1_000;

    private readonly Dictionary<string, MetadataReader?> _symbols = new(StringComparer.Ordinal);
    private readonly LockStatements _locks = new();

    /// <param name="frame">The frame.</param>
    /// <param name="waitsFor">What it waits for.</param>
    /// <returns>Null where symbols are missing or do not tell.</returns>
    public (string File, int Line)? Of(RawFrame frame, LockKind waitsFor = LockKind.None)
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

    private (string, int)? Line(MetadataReader reader, MethodDefinitionHandle method, RawFrame frame, LockKind waitsFor)
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
        return (reader.GetString(reader.GetDocument(visible[at].Document).Name), line);
    }

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
