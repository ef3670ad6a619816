using Hardening.Cli.Projects;

namespace Hardening.Cli.Tests.Projects;

public sealed class LoadTargetTests
{
    private SourceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = SourceFolder.Make();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_solution_gives_its_projects_and_tells_those_in_other_languages()
    {
        var file = _folder.Write("All.sln", """
            Microsoft Visual Studio Solution File, Format Version 12.00
            Project("{2150E333-8FDC-42A3-9474-1A3956D46DE8}") = "folder", "folder", "{11111111-1111-1111-1111-111111111110}"
            EndProject
            Project("{9A19103F-16F7-4668-BE54-9A1E7A4F7556}") = "App", "src\App\App.csproj", "{11111111-1111-1111-1111-111111111111}"
            EndProject
            Project("{F2A71F9B-5D33-465A-A702-920D77279786}") = "Tools", "src\Tools\Tools.fsproj", "{11111111-1111-1111-1111-111111111112}"
            EndProject
            Project("{9A19103F-16F7-4668-BE54-9A1E7A4F7556}") = "Gone", "src\Gone\Gone.csproj", "{11111111-1111-1111-1111-111111111113}"
            EndProject
            """);
        var app = _folder.Write("src/App/App.csproj", "<Project />");
        _folder.Write("src/Tools/Tools.fsproj", "<Project />");
        var target = LoadTarget.Find(file);
        Assert.Multiple(() =>
        {
            Assert.That(target.Projects, Is.EqualTo(new[] { app }));
            Assert.That(target.BuildFile, Is.EqualTo(file));
            Assert.That(target.Notes, Is.EqualTo(new[] { "src/Tools/Tools.fsproj is no C# project: skipped.", "src/Gone/Gone.csproj is in the solution but not on disk: skipped." }));
        });
    }

    [TestCase("All.slnx", """<Solution><Folder Name="/a/"><Project Path="src/App/App.csproj" /></Folder></Solution>""")]
    [TestCase("Some.slnf", """{ "solution": { "path": "src\\All.sln", "projects": [ "App\\App.csproj" ] } }""")]
    public void Other_forms_of_a_solution_are_read(string name, string text)
    {
        var app = _folder.Write("src/App/App.csproj", "<Project />");
        Assert.That(LoadTarget.Find(_folder.Write(name, text)).Projects, Is.EqualTo(new[] { app }));
    }

    [TestCase("All.slnx", "<Solution>")]
    [TestCase("Some.slnf", "{ \"solution\": 1 }")]
    [TestCase("Some.slnf", "{")]
    public void A_damaged_solution_is_one_clear_error(string name, string text) =>
        Assert.That(() => LoadTarget.Find(_folder.Write(name, text)), Throws.TypeOf<CommandFailedException>().With.Message.Contains("is damaged"));

    [Test]
    public void A_folder_stands_for_the_solution_in_it()
    {
        _folder.Write("App.csproj", "<Project />");
        _folder.Write("App.sln", "");
        var solution = _folder.Write("App.slnx", "<Solution />");
        Assert.That(LoadTarget.Find(_folder.Root).BuildFile, Is.EqualTo(solution));
    }

    [Test]
    public void A_folder_with_several_solutions_is_refused_with_their_names()
    {
        _folder.Write("A.sln", "");
        _folder.Write("B.sln", "");
        Assert.That(() => LoadTarget.Find(_folder.Root), Throws.TypeOf<CommandFailedException>().With.Message.Contains("A.sln, B.sln").And.Property("ExitCode").EqualTo(ExitCodes.WrongUse));
    }

    [Test]
    public void A_folder_without_either_stands_for_the_projects_below_it()
    {
        var projects = new[] { _folder.Write("a/A.csproj", "<Project />"), _folder.Write("b/c/C.csproj", "<Project />") };
        _folder.Write("b/obj/Not.csproj", "<Project />");
        _folder.Write(".hidden/Not.csproj", "<Project />");
        var target = LoadTarget.Find(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(target.Projects, Is.EqualTo(projects));
            Assert.That(target.IsFolder, Is.True);
        });
    }

    [Test]
    public void What_is_not_there_could_not_be_done() =>
        Assert.That(() => LoadTarget.Find(Path.Combine(_folder.Root, "none")), Throws.TypeOf<CommandFailedException>().With.Property("ExitCode").EqualTo(ExitCodes.Failed));

    [Test]
    public void Another_kind_of_file_is_wrong_use() =>
        Assert.That(() => LoadTarget.Find(_folder.Write("a.txt", "")), Throws.TypeOf<CommandFailedException>().With.Property("ExitCode").EqualTo(ExitCodes.WrongUse));
}
