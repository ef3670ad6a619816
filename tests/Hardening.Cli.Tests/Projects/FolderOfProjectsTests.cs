using System.Diagnostics;
using Hardening.Cli.Projects;
using Hardening.Processes;
using Hardening.Testing;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Cli.Tests.Projects;

public sealed class FolderOfProjectsTests
{
    private const string Project = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""";

    private SourceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = SourceFolder.Make();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    [CancelAfter(180_000)]
    public async Task Projects_without_a_solution_are_built_together_and_what_lies_beside_them_is_loose(CancellationToken stop)
    {
        // Of one name, which a build in one folder of output would mix up.
        _folder.Write("a/Same.csproj", Project);
        _folder.Write("a/A.cs", "class A;");
        _folder.Write("b/Same.csproj", Project);
        _folder.Write("b/B.cs", "class B;");
        _folder.Write("Beside.cs", "class Beside;");
        using var code = await new ProjectLoader(TimeProvider.System).LoadAsync(_folder.Root, _ => { }, stop);
        var sources = code.Projects.Select(project => code.Workspace.CurrentSolution.GetProject(project.Id)!.Documents.Where(LoadedCode.IsSource).Select(document => document.Name));
        Assert.Multiple(() =>
        {
            Assert.That(code.Projects.Select(project => project.Mode), Is.EqualTo(new[] { LoadMode.Built, LoadMode.Built, LoadMode.Loose }), string.Join("\n", code.Projects.SelectMany(project => project.Notes)));
            Assert.That(sources.SelectMany(names => names), Is.EqualTo(new[] { "A.cs", "B.cs", "Beside.cs" }));
        });
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Ctrl_C_ends_the_build_and_leaves_nothing_behind(CancellationToken stop)
    {
        _folder.Write("a/A.csproj", Project);
        var temporary = Directory.CreateDirectory(Path.Combine(_folder.Root, "tmp")).FullName;
        var start = new ProcessStartInfo(DotnetInstallation.Host, [typeof(HardenProgram).Assembly.Location, "scan", Path.Combine(_folder.Root, "a")]) { RedirectStandardError = true };
        start.Environment["TMPDIR"] = temporary;
        await using var harden = await SupervisedProcess.StartAsync(start, cancellationToken: stop);
        var first = await harden.StandardError.ReadLineAsync(stop);
        await Eventually.HoldsAsync(() => ProcessScan.In(Path.Combine(_folder.Root, "a")).Count > 0, "the build runs", stop);
        Signals.Send("INT", [harden.Id]);
        var rest = await harden.StandardError.ReadToEndAsync(stop);
        await harden.WaitForExitAsync(stop);
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo("building A.csproj"));
            Assert.That(rest, Does.Contain("harden: cancelled"));
            Assert.That(harden.ExitCode, Is.EqualTo(ExitCodes.Failed));
            Assert.That(Directory.GetFileSystemEntries(temporary, "harden-*"), Is.Empty);
            Assert.That(Directory.GetFileSystemEntries(Path.Combine(_folder.Root, "a")), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void A_generator_that_cannot_be_loaded_is_a_note()
    {
        var broken = _folder.Write("broken.dll", "no assembly");
        var arguments = CSharpCommandLineParser.Default.Parse([$"/analyzer:{broken}", "/out:A.dll", _folder.Write("A.cs", "class A;")], _folder.Root, null);
        using var loader = new GeneratorLoader();
        using var scratch = new ScratchFolder();
        var projects = new BuiltProjects(loader, scratch);
        projects.Make(new CapturedCompilation(Path.Combine(_folder.Root, "A.csproj"), "net10.0", arguments), "A");
        Assert.That(projects.Failures.ToList(), Has.Count.EqualTo(1).And.One.Contains("a source generator of broken.dll could not be loaded"));
    }
}
