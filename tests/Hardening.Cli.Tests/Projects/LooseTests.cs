using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Tests.Projects;

public sealed class LooseTests
{
    private SourceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = SourceFolder.Make();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public async Task All_files_that_people_wrote_are_bound_together(CancellationToken stop)
    {
        _folder.Write("a/A.cs", "public unsafe class A { public static int* P; public static B Other = new(); }");
        _folder.Write("b/B.cs", "public class B { public System.Text.Json.JsonDocument J = null!; public Microsoft.AspNetCore.Http.HttpContext C = null!; }");
        _folder.Write("b/obj/Left.cs", "not C#");
        _folder.Write("bin/Left.cs", "not C#");
        _folder.Write("node_modules/x/Left.cs", "not C#");
        _folder.Write(".git/Left.cs", "not C#");
        _folder.Write("Form.Designer.cs", "not C#");
        _folder.Write("Made.g.cs", "not C#");
        using var code = await LoadAsync(stop);
        var compilation = await Compilation(code, stop);
        Assert.Multiple(() =>
        {
            Assert.That(compilation.SyntaxTrees.Select(tree => Path.GetFileName(tree.FilePath)), Is.EqualTo(new[] { "A.cs", "B.cs" }));
            Assert.That(compilation.GetDiagnostics(stop).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Implicit_usings_are_there_where_the_code_needs_them(CancellationToken stop)
    {
        _folder.Write("A.cs", "public class A { public List<Task> Tasks = []; public Exception? E; }");
        using var code = await LoadAsync(stop);
        Assert.That((await Compilation(code, stop)).GetDiagnostics(stop).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Implicit_usings_are_not_there_where_they_make_names_ambiguous(CancellationToken stop)
    {
        _folder.Write("Timer.cs", "namespace Own { public class Timer { } public class Task { } }");
        _folder.Write("A.cs", "using Own; namespace Other { public class A { public Timer T; public Task U; } }");
        using var code = await LoadAsync(stop);
        Assert.That((await Compilation(code, stop)).GetDiagnostics(stop).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_folder_without_code_is_told(CancellationToken stop) =>
        Assert.That(() => LoadAsync(stop), Throws.TypeOf<CommandFailedException>().With.Message.Contains("no C# code").And.Message.Contains(_folder.Root));

    private Task<LoadedCode> LoadAsync(CancellationToken stop) => new ProjectLoader(TimeProvider.System).LoadAsync(_folder.Root, _ => { }, stop);

    private static async Task<Compilation> Compilation(LoadedCode code, CancellationToken stop) =>
        (await code.Workspace.CurrentSolution.GetProject(code.Projects.Single().Id)!.GetCompilationAsync(stop))!;
}
