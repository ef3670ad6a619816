using System.Text;
using Hardening.Cli.Fixing;
using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Cli.Tests.Fixing;

/// <summary>Files in a folder, and projects of them as if a build had told of them.</summary>
internal sealed class CodeOnDisk : IDisposable
{
    private static readonly IReadOnlyList<MetadataReference> s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "mscorlib.dll" or "netstandard.dll")
            .Select(path => MetadataReference.CreateFromFile(path))];

    private readonly AdhocWorkspace _workspace = new();
    private readonly List<LoadedProject> _projects = [];

    public CodeOnDisk() => Code = new LoadedCode(Root, _workspace, _projects, []);

    public string Root { get; } = Directory.CreateTempSubdirectory("harden-fix-").FullName;

    public LoadedCode Code { get; }

    public string PathOf(string file) => Path.Combine(Root, file);

    public string Read(string file) => File.ReadAllText(PathOf(file));

    /// <returns>Its path.</returns>
    public string Write(string file, string text, Encoding? encoding = null)
    {
        var path = PathOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return path;
    }

    /// <summary>A project of files that are there.</summary>
    public CodeOnDisk Project(string name, IEnumerable<string> files, string? framework = null, string[]? symbols = null, LoadMode mode = LoadMode.Built)
    {
        var id = ProjectId.CreateNewId(name);
        var path = PathOf($"{name}.csproj");
        var documents = files.Select(file => DocumentInfo.Create(
            DocumentId.CreateNewId(id), Path.GetFileName(file), loader: new FileTextLoader(PathOf(file), null), filePath: PathOf(file)));
        _workspace.AddProject(ProjectInfo.Create(
            id, VersionStamp.Default, name, name, LanguageNames.CSharp, path, null, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary),
            new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: symbols), documents, metadataReferences: s_references));
        _projects.Add(new LoadedProject(id, name, path, framework ?? "net10.0", mode, []));
        return this;
    }

    public Task<FixPlan> PlanAsync(string rule, string? variant = null, params string[] files) => new Fixer(
        Code, RuleCatalog.Of([rule]), new FixOptions { Variant = variant, Files = files, Within = Root }, _ => { }).PlanAsync(CancellationToken.None);

    /// <summary>The same projects, as a build after a change would give them.</summary>
    /// <param name="broken">The one that does not build any more.</param>
    public LoadedCode Again(string? broken = null) => new(Root, new AdhocWorkspace(), [.. _projects.Select(project =>
        project.Name == broken ? project with { Mode = LoadMode.Loose, Notes = [$"{broken} could not be built, so it was read loosely: CS0103: no such name"] } : project)], []);

    public void Dispose()
    {
        Code.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
