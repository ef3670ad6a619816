using Hardening.Cli.Fixing;
using Hardening.Cli.Projects;

namespace Hardening.Cli.Tests.Fixing;

[CancelAfter(120_000), System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FixWriterTests
{
    private const string LocksItself = "public sealed class {0}\n{\n    private int _count;\n\n    public void Enter()\n    {\n        lock (this)\n        {\n            _count++;\n        }\n    }\n}\n";

    [Test]
    public async Task What_builds_again_stays()
    {
        using var code = Two();
        var refused = await WriteAsync(code, () => code.Again());
        Assert.Multiple(() =>
        {
            Assert.That(refused, Is.Empty);
            Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Fixed("A"), Fixed("B"))));
            NothingElse(code);
        });
    }

    [Test]
    public async Task A_project_that_does_not_build_any_more_is_put_back_and_the_others_stay()
    {
        using var code = Two();
        var refused = await WriteAsync(code, () => code.Again(code.Read("b.cs").Contains("_gate", StringComparison.Ordinal) ? "B" : null));
        Assert.Multiple(() =>
        {
            Assert.That(refused.Select(entry => (entry.Unit.Name, entry.Error)), Is.EqualTo(new[] { ("B", "B could not be built, so it was read loosely: CS0103: no such name") }));
            Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Fixed("A"), Old("B"))));
            NothingElse(code);
        });
    }

    [Test]
    public async Task A_project_that_breaks_another_one_is_put_back()
    {
        using var code = Two();
        var refused = await WriteAsync(code, () => code.Again(code.Read("a.cs").Contains("_gate", StringComparison.Ordinal) ? "B" : null));
        Assert.Multiple(() =>
        {
            Assert.That(refused.Select(entry => entry.Unit.Name), Is.EqualTo(new[] { "A" }));
            Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Old("A"), Fixed("B"))));
        });
    }

    [Test]
    public void A_build_that_is_cancelled_or_fails_leaves_all_as_it_was()
    {
        using var code = Two();
        Assert.ThrowsAsync<OperationCanceledException>(() => WriteAsync(code, () => throw new OperationCanceledException()));
        Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Old("A"), Old("B"))));
        Assert.ThrowsAsync<CommandFailedException>(() => WriteAsync(code, () => throw new CommandFailedException("no SDK")));
        Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Old("A"), Old("B"))));
        NothingElse(code);
    }

    [Test]
    public void A_file_that_was_changed_meanwhile_keeps_that_and_the_others_are_put_back()
    {
        using var code = Two();
        Assert.That(
            () => WriteAsync(code, () => code.Again(), beforeWriting: () => code.Write("b.cs", "// mine\n")),
            Throws.InstanceOf<CommandFailedException>().With.Message.Contain("b.cs has changed since it was read"));
        Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Old("A"), "// mine\n")));
    }

    [Test]
    public async Task Modes_and_links_stay()
    {
        using var code = new CodeOnDisk();
        var real = code.Write("real/a.cs", Old("A"));
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(code.PathOf("a.cs"), real);
        code.Project("A", ["a.cs"]);
        Assert.That(await WriteAsync(code, () => code.Again()), Is.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(new FileInfo(code.PathOf("a.cs")).LinkTarget, Is.EqualTo(real));
            Assert.That(File.ReadAllText(real), Is.EqualTo(Fixed("A")));
            Assert.That(File.GetUnixFileMode(real), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead));
        });
    }

    [Test]
    public void A_file_that_is_read_only_is_told_and_nothing_changes()
    {
        using var code = Two();
        File.SetUnixFileMode(code.PathOf("b.cs"), UnixFileMode.UserRead);
        Assert.That(() => WriteAsync(code, () => code.Again()), Throws.InstanceOf<CommandFailedException>().With.Message.Contain("b.cs is read-only"));
        Assert.That((code.Read("a.cs"), code.Read("b.cs")), Is.EqualTo((Old("A"), Old("B"))));
        NothingElse(code);
    }

    private static CodeOnDisk Two()
    {
        var code = new CodeOnDisk();
        code.Write("a.cs", Old("A"));
        code.Write("b.cs", Old("B"));
        return code.Project("A", ["a.cs"]).Project("B", ["b.cs"]);
    }

    private static async Task<IReadOnlyList<(PlannedUnit Unit, string Error)>> WriteAsync(CodeOnDisk code, Func<LoadedCode> load, Action? beforeWriting = null)
    {
        var plan = await code.PlanAsync("HRD1001");
        Assert.That(plan.Units.SelectMany(unit => unit.Files), Is.Not.Empty);
        beforeWriting?.Invoke();
        return await new FixWriter(code.Code, _ => Task.FromResult(load()), _ => { }).WriteAsync(plan, CancellationToken.None);
    }

    private static string Old(string name) => LocksItself.Replace("{0}", name, StringComparison.Ordinal);

    private static string Fixed(string name) =>
        Old(name).Replace("lock (this)", "lock (_gate)", StringComparison.Ordinal).Replace("    private int _count;", "    private readonly System.Threading.Lock _gate = new();\n    private int _count;", StringComparison.Ordinal);

    private static void NothingElse(CodeOnDisk code) =>
        Assert.That(Directory.GetFiles(code.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal), Is.EqualTo(new[] { "a.cs", "b.cs" }));
}
