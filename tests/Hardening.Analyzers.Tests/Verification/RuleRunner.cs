using System.Reflection;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>Compiles sources and runs rules over them, as a compiler would.</summary>
internal static class RuleRunner
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly Lazy<Project> Current = new(() => CreateEmpty(
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "mscorlib.dll" or "netstandard.dll")));

    private static readonly Lazy<Project> NetStandard20 = new(() => CreateEmpty([Built.With("NetStandard20")]));

    public static Project CreateProject(IEnumerable<MarkedFile> files, Setup setup)
    {
        var project = (setup.Framework == Framework.Current ? Current : NetStandard20).Value;
        project = setup.Language == LanguageVersion.Latest ? project : project.WithParseOptions(new CSharpParseOptions(setup.Language));
        project = setup.References.IsEmpty ? project : project.AddMetadataReferences(setup.References);
        var isProgram = false;
        foreach (var (name, text) in files.Select(file => (file.Name, file.Text)).Concat(setup.Sources.Select((text, index) => ($"Further{index}.cs", text))))
        {
            project = project.AddDocument(name, SourceText.From(text), filePath: "/" + name).Project;
            isProgram |= CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();
        }

        foreach (var (path, text) in setup.Evidence)
        {
            project = project.AddAdditionalDocument(path, SourceText.From(text), filePath: path).Project;
        }

        var nullable = setup.Language < LanguageVersion.CSharp8 ? NullableContextOptions.Disable : NullableContextOptions.Enable;
        return project
            .WithCompilationOptions(new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: nullable))
            .AddAnalyzerConfigDocument("/.editorconfig", SourceText.From($"root = true\n[*.cs]\nend_of_line = lf\n{setup.Options}\n"), filePath: "/.editorconfig").Project;
    }

    /// <summary>What the rules report, in source order. A source that does not compile, or a rule that throws, fails the test.</summary>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(ImmutableArray<DiagnosticAnalyzer> analyzers, Project project, string what)
    {
        // One run gives what the compiler says and what the rules say: the sources are bound once.
        var all = await Analysis(analyzers, (await project.GetCompilationAsync())!, project.AnalyzerOptions).GetAllDiagnosticsAsync();
        var errors = all.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && IsOfCompiler(diagnostic)).ToList();
        if (errors.Count > 0)
        {
            throw new VerificationException($"{what} must compile:\n{string.Join('\n', errors)}\n{await TextAsync(project)}");
        }

        return OfRules(all.Where(diagnostic => !IsOfCompiler(diagnostic)));
    }

    /// <summary>What an editor shows: each document is analyzed for itself, and the compilation has no end.</summary>
    public static async Task<ImmutableArray<Diagnostic>> RunInEditorAsync(ImmutableArray<DiagnosticAnalyzer> analyzers, Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var reported = new List<Diagnostic>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            // A new analysis for each document: nothing is left of another one.
            var analysis = compilation.WithAnalyzers(analyzers, project.AnalyzerOptions);
            var found = await analysis.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), filterSpan: null, CancellationToken.None);
            reported.AddRange(found.Where(diagnostic => diagnostic.Location.SourceTree == tree));
        }

        return InOrder(reported);
    }

    /// <summary>What the rules report over code that need not compile. A rule that throws fails the test.</summary>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(ImmutableArray<DiagnosticAnalyzer> analyzers, Compilation compilation, AnalyzerOptions? options = null, CancellationToken cancellation = default) =>
        OfRules(await Analysis(analyzers, compilation, options ?? new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(cancellation));

    // Compiled before anything is added: what is added goes on from this compilation. From nothing, each test would read the framework again, which takes longer than all else in it.
    private static Project CreateEmpty(IEnumerable<string> references)
    {
        var project = new AdhocWorkspace().CurrentSolution
            .AddProject("Test", "Test", LanguageNames.CSharp)
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest))
            .AddMetadataReferences(references.Select(path => MetadataReference.CreateFromFile(path)));
        return project.GetCompilationAsync().Wait(Limit) ? project : throw new TimeoutException($"References are not read within {Limit}.");
    }

    private static CompilationWithAnalyzers Analysis(ImmutableArray<DiagnosticAnalyzer> analyzers, Compilation compilation, AnalyzerOptions options) =>
        compilation.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(options, onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false));

    private static bool IsOfCompiler(Diagnostic diagnostic) => diagnostic.Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.Compiler);

    private static ImmutableArray<Diagnostic> OfRules(IEnumerable<Diagnostic> reported)
    {
        var ordered = InOrder(reported);
        return ordered.FirstOrDefault(diagnostic => diagnostic.Id == "AD0001") is { } thrown
            ? throw new VerificationException($"a rule threw: {thrown.GetMessage(null)}\n{thrown.Descriptor.Description}")
            : ordered;
    }

    private static ImmutableArray<Diagnostic> InOrder(IEnumerable<Diagnostic> reported) =>
        [.. reported
            .OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)
            .ThenByDescending(diagnostic => diagnostic.Location.SourceSpan.End)
            .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];

    public static Document DocumentOf(Project project, string name) => project.Documents.Single(document => document.Name == name);

    private static async Task<string> TextAsync(Project project)
    {
        var texts = await Task.WhenAll(project.Documents.Select(async document => $"// {document.Name}\n{await document.GetTextAsync()}"));
        return string.Join('\n', texts);
    }
}

/// <summary>What the build knows and the tests need.</summary>
internal static class Built
{
    public static string With(string key) =>
        typeof(Built).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
