namespace Hardening.Docs.Tests.Parsing;

public sealed class DocPageTests
{
    private const string Fence = "```";

    [Test]
    public void Commands_files_and_outputs_come_in_the_order_of_the_page()
    {
        var page = DocPage.Parse("a.md",
            $"""
            # A page

            The program, `src/Program.cs`:

            {Fence}csharp
            return 1;
            {Fence}

            {Fence}sh
            dotnet run
            {Fence}

            It says:

            {Fence}text figures
            took 5 s
            {Fence}

            {Fence}sh exits 1
            harden scan
            {Fence}
            """);
        Assert.That(page.RunsInRepository, Is.False);
        Assert.That(page.Steps, Is.EqualTo(new PageStep[]
        {
            new FileStep(6, "return 1;\n", "src/Program.cs"),
            new ShellStep(10, "dotnet run\n", 0) { Output = new SaidOutput(16, "took 5 s\n", AnyFigures: true) },
            new ShellStep(20, "harden scan\n", 1),
        }));
    }

    [Test]
    public void What_is_only_shown_is_no_step()
    {
        var page = DocPage.Parse("a.md", $"{Fence}\na diagram\n{Fence}\n{Fence}sh by-hand\nsudo reboot\n{Fence}\n{Fence}text\nBye.\n{Fence}\n{Fence}csharp by-hand\n…\n{Fence}\nAnd `code` in a line, ```even so```.\n");
        Assert.That(page.Steps, Is.Empty);
    }

    [Test]
    public void An_output_belongs_to_the_commands_right_before_it()
    {
        var page = DocPage.Parse("a.md", $"{Fence}sh\nls\n{Fence}\n`a.txt`:\n{Fence}json\n1\n{Fence}\n{Fence}text\na.txt\n{Fence}\n");
        Assert.That(page.Steps[0], Is.EqualTo(new ShellStep(2, "ls\n", 0)));
        Assert.That(page.Steps, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_block_in_a_list_loses_its_indent()
    {
        var page = DocPage.Parse("a.md", $"1. Run\n\n   {Fence}sh\n   if true; then\n     ls\n\n   fi\n   {Fence}\n");
        Assert.That(page.Steps.Single().Text, Is.EqualTo("if true; then\n  ls\n\nfi\n"));
    }

    [Test]
    public void The_first_line_tells_a_page_that_runs_in_the_repository() =>
        Assert.That(DocPage.Parse("a.md", "<!-- runs in the repository -->\n# A page\n").RunsInRepository, Is.True);

    [TestCase("text\n" + Fence + "csharp\nreturn 1;\n" + Fence, 2, "Nothing says which file")]
    [TestCase("`/etc/passwd`:\n" + Fence + "ini\nx\n" + Fence, 2, "'/etc/passwd' leads out")]
    [TestCase("`a/../../b`:\n" + Fence + "ini\nx\n" + Fence, 2, "'a/../../b' leads out")]
    [TestCase("text\n" + Fence + "sh\nls\n", 2, "has no end")]
    [TestCase("text\n" + Fence + "sh exits one\nls\n" + Fence, 2, "'exits one' means nothing")]
    public void What_nobody_could_follow_is_told_with_its_line(string text, int line, string message) =>
        Assert.That(() => DocPage.Parse("a.md", text), Throws.TypeOf<PageException>().With.Message.StartsWith($"a.md:{line}: ").And.Message.Contains(message));
}
