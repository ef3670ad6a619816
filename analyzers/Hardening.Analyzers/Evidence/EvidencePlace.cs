using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>A statement as stall reports name it. Equal ones of several reports are one.</summary>
/// <param name="Method">Type and method, as stacks have them.</param>
/// <param name="Module">The assembly, where it is known.</param>
/// <param name="File">The source file on the machine that built it, where it is known.</param>
/// <param name="Line">The line there, from 1; 0 when unknown.</param>
/// <param name="MethodLine">The first line of the method's code there; 0 when unknown.</param>
/// <param name="Document">The file as it was compiled, where that is known.</param>
/// <param name="Callee">What the statement called, as stacks have it: tells it from others of its method. Null when it called nothing that is known.</param>
internal sealed record EvidencePlace(string Method, string? Module, string? File, int Line, int MethodLine, EvidenceDocument? Document, string? Callee)
{
    public FrameKind Kind => FrameKinds.Of(Callee);

    /// <summary>Such as <c>Server.cs:164</c>; the method where no file is known.</summary>
    public override string ToString() => File is null ? Method : Line > 0 ? $"{FileName}:{Line.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : FileName!;

    /// <summary>Without its folders: separators are those of the machine that built it.</summary>
    public string? FileName => File?.Substring(File.LastIndexOfAny(['/', '\\']) + 1);
}

/// <summary>A source file as it was compiled.</summary>
internal sealed record EvidenceDocument(string Algorithm, string Checksum);

/// <summary>That a report names a statement.</summary>
/// <param name="Place">The statement.</param>
/// <param name="Role">What it did in the stall.</param>
/// <param name="Threads">How many threads did so.</param>
/// <param name="Span">Where the report says so.</param>
internal sealed record EvidenceMention(EvidencePlace Place, EvidenceRole Role, int Threads, TextSpan Span);
