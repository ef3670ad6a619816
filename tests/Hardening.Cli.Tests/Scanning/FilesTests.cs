using Hardening.Cli.Scanning;
using Hardening.Cli.Tests.Projects;

namespace Hardening.Cli.Tests.Scanning;

public sealed class FilesTests
{
    private SourceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = SourceFolder.Make();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("a.hardening.json", "a")]
    [TestCase("*.hardening.json", "a")]
    [TestCase("*.json", "a")]
    [TestCase("x/*/b.*", "b")]
    [TestCase("**/*.json", "a b c")]
    [TestCase("x/**/c.hardening.json", "c")]
    [TestCase("?.hardening.json", "a")]
    [TestCase("x", "b c")]
    [TestCase("", "a b c")]
    public void Evidence_is_found_by_name_folder_and_pattern(string pattern, string names)
    {
        foreach (var file in new[] { "a.hardening.json", "x/y/b.hardening.json", "x/y/z/c.hardening.json", "other.json", "x/y/readme.md" })
        {
            _folder.Write(file, "{}");
        }

        Assert.That(EvidenceFiles.Find([Path.Combine(_folder.Root, pattern)]).Select(file => Path.GetFileName(file)[..1]), Is.EqualTo(names.Split(' ')));
    }

    [TestCase("none.hardening.json", ExitCodes.Failed)]
    [TestCase("none/*.json", ExitCodes.Failed)]
    [TestCase("other.json", ExitCodes.WrongUse)]
    public void Evidence_that_is_none_is_told(string pattern, int code)
    {
        _folder.Write("other.json", "{}");
        Assert.That(() => EvidenceFiles.Find([Path.Combine(_folder.Root, pattern)]), Throws.TypeOf<CommandFailedException>().With.Message.Contains(pattern).And.Property("ExitCode").EqualTo(code));
    }

    [Test]
    public async Task A_file_is_replaced_as_a_whole()
    {
        var path = _folder.Write("out.json", "old");
        await OutputFile.WriteAsync(path, async stream =>
        {
            await stream.WriteAsync("new"u8.ToArray());
            Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo("old"));
        });
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
            Assert.That(Directory.GetFiles(_folder.Root), Is.EqualTo(new[] { path }));
        });
    }

    [Test]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.Write("out.json", "old");
        Assert.Multiple(() =>
        {
            Assert.That(() => OutputFile.WriteAsync(path, _ => throw new InvalidOperationException("in the middle")), Throws.InvalidOperationException);
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
            Assert.That(Directory.GetFiles(_folder.Root), Is.EqualTo(new[] { path }));
        });
    }

    [TestCase("")]
    [TestCase("none/out.json")]
    public void A_place_that_cannot_be_written_is_told_before_the_work(string file) =>
        Assert.That(() => OutputFile.Check(Path.Combine(_folder.Root, file)), Throws.TypeOf<CommandFailedException>());
}
