using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hardening.Cli.Projects;

/// <summary>Makes projects of a workspace from what the compiler was called with.</summary>
internal sealed class BuiltProjects(GeneratorLoader loader, ScratchFolder scratch)
{
    // Most projects share most references; each is read once.
    private readonly Dictionary<(string Path, MetadataReferenceProperties Properties), PortableExecutableReference> _references = [];
    private readonly Dictionary<string, AnalyzerFileReference> _generators = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _failures = new(StringComparer.Ordinal);

    /// <summary>The generators that could not be loaded, each with the reason.</summary>
    public IEnumerable<string> Failures => _failures;

    /// <param name="capture">The compiler's run.</param>
    /// <param name="name">The name for people.</param>
    public ProjectInfo Make(CapturedCompilation capture, string name)
    {
        var arguments = capture.Arguments;
        var id = ProjectId.CreateNewId(name);
        var options = arguments.CompilationOptions
            .WithMetadataReferenceResolver(new NoResolver())
            .WithXmlReferenceResolver(new XmlFileResolver(arguments.BaseDirectory))
            .WithSourceReferenceResolver(new SourceFileResolver(arguments.SourcePaths, arguments.BaseDirectory, arguments.PathMap))
            .WithStrongNameProvider(new DesktopStrongNameProvider(arguments.KeyFileSearchPaths))
            .WithAssemblyIdentityComparer(DesktopAssemblyIdentityComparer.Default);
        return ProjectInfo.Create(
                id,
                VersionStamp.Default,
                name,
                arguments.CompilationName ?? Path.GetFileNameWithoutExtension(arguments.OutputFileName) ?? name,
                LanguageNames.CSharp,
                capture.Project,
                outputFilePath: arguments.OutputFileName is { } file ? Path.Combine(arguments.OutputDirectory, file) : null,
                options,
                arguments.ParseOptions,
                documents: arguments.SourceFiles.Select(source => Document(source.Path)),
                metadataReferences: arguments.MetadataReferences.Select(reference => (Path: Full(reference.Reference), reference.Properties)).Where(reference => File.Exists(reference.Path)).Select(Reference),
                analyzerReferences: arguments.AnalyzerReferences.Select(reference => Full(reference.FilePath)).Distinct(StringComparer.Ordinal).Select(Generators).OfType<AnalyzerReference>(),
                additionalDocuments: arguments.AdditionalFiles.Select(additional => Document(additional.Path)))
            .WithAnalyzerConfigDocuments(arguments.AnalyzerConfigPaths.Select(Document));

        string Full(string path) => Path.GetFullPath(path, arguments.BaseDirectory ?? "");

        DocumentInfo Document(string path)
        {
            path = Full(path);
            return DocumentInfo.Create(DocumentId.CreateNewId(id), Path.GetFileName(path), scratch.Has(path) ? [LoadedCode.BuildFolder] : null, loader: new FileTextLoader(path, arguments.Encoding), filePath: path);
        }
    }

    private PortableExecutableReference Reference((string Path, MetadataReferenceProperties Properties) reference)
    {
        if (!_references.TryGetValue(reference, out var known))
        {
            known = _references[reference] = MetadataReference.CreateFromFile(reference.Path, reference.Properties);
        }

        return known;
    }

    private AnalyzerFileReference? Generators(string path)
    {
        if (_generators.TryGetValue(path, out var known))
        {
            return known;
        }

        if (!File.Exists(path))
        {
            return null;
        }

        known = _generators[path] = new AnalyzerFileReference(path, loader);
        known.AnalyzerLoadFailed += (_, failure) =>
        {
            if (failure.ErrorCode != AnalyzerLoadFailureEventArgs.FailureErrorCode.NoAnalyzers)
            {
                _failures.Add($"a source generator of {Path.GetFileName(path)} could not be loaded, so the code that it makes is missing: {failure.Message.ReplaceLineEndings(" ")}");
            }
        };
        // Now rather than with the first compilation, so that a failure is known.
        return known.GetGenerators(LanguageNames.CSharp) is [] ? null : known;
    }

    /// <summary>For <c>#r</c>, which compiled code cannot have.</summary>
    private sealed class NoResolver : MetadataReferenceResolver
    {
        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) => [];

        public override bool Equals(object? other) => other is NoResolver;

        public override int GetHashCode() => 0;
    }
}
