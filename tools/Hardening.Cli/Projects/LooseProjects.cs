using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Projects;

/// <summary>Makes projects of a workspace from files alone.</summary>
internal sealed class LooseProjects
{
    private const int FirstSymbol = 5;
    private static readonly string[] ImplicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Preview, DocumentationMode.None, preprocessorSymbols:
        ["NET", "NETCOREAPP", $"NET{Environment.Version.Major}_0", .. Enumerable.Range(FirstSymbol, Environment.Version.Major - FirstSymbol + 1).Select(version => $"NET{version}_0_OR_GREATER")]);

    private readonly Lazy<IReadOnlyList<MetadataReference>> _references = new(ReferenceAssemblies.Newest);

    /// <param name="name">The name for people.</param>
    /// <param name="path">Its project file, or its folder.</param>
    /// <param name="files">All of them; they are read here.</param>
    /// <param name="stop">Stops it.</param>
    public async Task<ProjectInfo> MakeAsync(string name, string path, IReadOnlyList<string> files, CancellationToken stop)
    {
        var id = ProjectId.CreateNewId(name);
        var trees = new SyntaxTree[files.Count];
        await Parallel.ForAsync(0, files.Count, stop, (index, token) =>
        {
            using var file = File.OpenRead(files[index]);
            trees[index] = CSharpSyntaxTree.ParseText(SourceText.From(file), Language, files[index], token);
            return ValueTask.CompletedTask;
        });
        var documents = trees.Select(tree => Document(tree.FilePath, tree.GetText(stop))).ToList();
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
        if (NeedsImplicitUsings(trees, options, stop))
        {
            documents.Add(Document(Path.Combine(Path.GetTempPath(), "ImplicitUsings.g.cs"), SourceText.From(Usings()), [LoadedCode.BuildFolder]));
        }

        return ProjectInfo.Create(id, VersionStamp.Default, name, name, LanguageNames.CSharp, File.Exists(path) ? path : null, outputFilePath: null, options, Language, documents, metadataReferences: _references.Value);

        DocumentInfo Document(string file, SourceText text, string[]? folders = null) =>
            DocumentInfo.Create(DocumentId.CreateNewId(id), Path.GetFileName(file), folders, loader: TextLoader.From(TextAndVersion.Create(text, VersionStamp.Default, file)), filePath: file);
    }

    // No file tells whether its project has them. They are taken where more declarations can be bound with them: a name can also become ambiguous by them.
    private bool NeedsImplicitUsings(IReadOnlyCollection<SyntaxTree> trees, CSharpCompilationOptions options, CancellationToken stop)
    {
        var without = CSharpCompilation.Create("loose", trees, _references.Value, options);
        var with = without.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Usings(), Language, cancellationToken: stop));
        return Unbound(with) < Unbound(without);

        int Unbound(Compilation compilation) => compilation.GetDeclarationDiagnostics(stop).Count(diagnostic => diagnostic.Id is "CS0246" or "CS0103" or "CS0104");
    }

    private static string Usings() => string.Concat(ImplicitUsings.Select(name => $"global using global::{name};\n"));
}
