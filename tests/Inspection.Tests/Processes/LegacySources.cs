using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Hardening.Analyzers.Evidence;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Inspection.Tests.Processes;

/// <summary>The sources of the original, compiled with reports of stalls as its evidence.</summary>
internal static class LegacySources
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly ImmutableArray<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => Path.GetFileName(path) != "Inspection.Legacy.dll").Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>The file that it is about.</summary>
    public static string Server { get; } = Path.Combine(Folder(), "LegacyInspectionServer.cs");

    public static IEnumerable<string> Reports(string stalls) => Directory.EnumerateFiles(stalls, "*.hardening.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static string ChecksumOf(string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));

    /// <summary>What the rule reports when the server's source is this.</summary>
    public static async Task<ImmutableArray<Diagnostic>> FindAsync(string rule, string server, string stalls, CancellationToken cancellation)
    {
        var sources = Directory.EnumerateFiles(Folder(), "*.cs").Select(path => (Path: path, Text: path == Server ? server : File.ReadAllText(path))).Append((Path: "Usings.cs", Text: Usings));
        var compilation = CSharpCompilation.Create(
            "Inspection.Legacy",
            sources.Select(source => CSharpSyntaxTree.ParseText(SourceText.From(source.Text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)), path: source.Path, cancellationToken: cancellation)),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        ImmutableArray<DiagnosticAnalyzer> rules = [new HRD9001NamedByStallReportAnalyzer(), new HRD9002UnusableEvidenceAnalyzer()];
        var found = await compilation.WithAnalyzers(rules, new AnalyzerOptions([.. Reports(stalls).Select(path => new ReportText(path))])).GetAnalyzerDiagnosticsAsync(cancellation);
        Assert.That(found.Select(diagnostic => diagnostic.Id), Has.None.EqualTo("AD0001"));
        return [.. found.Where(diagnostic => diagnostic.Id == rule)];
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "samples", "Inspection.Legacy"));

    private sealed class ReportText(string path) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(File.ReadAllText(path));

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }
}
