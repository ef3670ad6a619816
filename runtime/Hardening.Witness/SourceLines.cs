using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hardening.Witness;

/// <summary>Finds source lines in portable symbols: beside the assembly, or in it.</summary>
internal sealed class SourceLines
{
    private const int MaxAssemblies = 1_000;

    private readonly Dictionary<string, MetadataReader?> _symbols = new(StringComparer.Ordinal);

    /// <returns>Null where symbols are missing or do not tell.</returns>
    public (string File, int Line)? Of(RawFrame frame)
    {
        if (frame.AssemblyPath is not { Length: > 0 } path || frame.IlOffset < 0 || MetadataTokens.EntityHandle(frame.Token) is not { Kind: HandleKind.MethodDefinition, IsNil: false } method)
        {
            return null;
        }

        try
        {
            return Symbols(path) is { } reader ? Line(reader, (MethodDefinitionHandle)method, frame.IlOffset) : null;
        }
        catch (BadImageFormatException)
        {
            return null; // another version of the assembly has taken its place
        }
    }

    private static (string, int)? Line(MetadataReader reader, MethodDefinitionHandle method, int offset)
    {
        if (MetadataTokens.GetRowNumber(method) > reader.MethodDebugInformation.Count)
        {
            return null;
        }

        SequencePoint? best = null;
        foreach (var point in reader.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
        {
            if (point.Offset > offset)
            {
                break; // they are in order
            }

            best = point.IsHidden ? best : point;
        }

        return best is { } found ? (reader.GetString(reader.GetDocument(found.Document).Name), found.StartLine) : null;
    }

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
