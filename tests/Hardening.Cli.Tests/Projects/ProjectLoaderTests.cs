using Hardening.Cli.Projects;
using Hardening.Testing;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Tests.Projects;

public sealed class ProjectLoaderTests
{
    private BuiltSample _sample = null!;

    [OneTimeSetUp]
    [CancelAfter(300_000)]
    public async Task Load() => _sample = await BuiltSample.Shared;

    [TestCase("App", ExpectedResult = 1, TestName = "What_generators_make_is_part_of_the_program")]
    [TestCase("Lib (net10.0)", ExpectedResult = 0)]
    [TestCase("Lib (netstandard2.0)", ExpectedResult = 0)]
    public async Task<int> What_compiles_in_the_build_compiles_here(string name)
    {
        var project = Project(name);
        var compilation = (await project.GetCompilationAsync())!;
        Assert.That(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
        return (await project.GetSourceGeneratedDocumentsAsync()).Count();
    }

    [Test]
    public void Each_framework_is_a_project_and_what_is_not_built_is_loose() =>
        Assert.That(_sample.Code.Projects.Select(project => $"{project.Name} {project.Framework} {project.Mode}"), Is.EqualTo(new[]
        {
            "App net10.0 Built", "Lib net10.0 Built", "Lib netstandard2.0 Built", "Bad  Loose", "NoPackage  Loose",
        }));

    [TestCase("Bad", "CS0103: The name 'Undefined' does not exist")]
    [TestCase("NoPackage", "NU1101: Unable to find package There.Is.No.Such.Package")]
    public void Why_a_project_is_loose_is_told_with_the_first_error(string name, string error) =>
        Assert.That(_sample.Code.Projects.Single(project => project.Name == name).Notes, Has.Count.EqualTo(1).And.One.Contains(error));

    [Test]
    public void Only_the_files_of_a_project_are_in_it() =>
        Assert.That(Project("App").Documents.Where(document => document.FilePath!.StartsWith(_sample.Solution.Root, StringComparison.Ordinal)).Select(document => document.Name), Is.EqualTo(new[] { "Program.cs" }));

    [Test]
    public void Nothing_is_written_beside_the_code() => Assert.That(_sample.After, Is.EqualTo(_sample.Before));

    [Test]
    public void No_process_stays_behind() => Assert.That(ProcessScan.In(_sample.Solution.Root), Is.Empty);

    [Test]
    public void What_is_built_is_told() => Assert.That(_sample.Progress, Has.Some.EqualTo("building All.slnx").And.Some.EqualTo("built App"));

    [Test]
    [CancelAfter(60_000)]
    public void A_build_that_takes_too_long_is_ended(CancellationToken stop)
    {
        var loader = new ProjectLoader(TimeProvider.System, new LoadOptions { BuildLimit = TimeSpan.FromMilliseconds(1) });
        Assert.Multiple(() =>
        {
            Assert.That(() => loader.LoadAsync(_sample.Solution.Solution, _ => { }, stop), Throws.TypeOf<CommandFailedException>().With.Message.Contains("--build-limit"));
            Assert.That(ProcessScan.In(_sample.Solution.Root), Is.Empty);
        });
    }

    private Project Project(string name) => _sample.Code.Workspace.CurrentSolution.Projects.Single(project => project.Name == name);
}
