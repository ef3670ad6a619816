using System.Text;
using Hardening.Cli.Projects;

namespace Hardening.Cli.Tests.Fixing;

[CancelAfter(120_000)]
public sealed class FixerTests
{
    private const string LocksItself = "public sealed class Gate\n{\n    private int _count;\n\n    public void Enter()\n    {\n        lock (this) // one at a time\n        {\n            _count++;\n        }\n    }\n}\n";
    private const string Queue =
        "using System.Threading.Channels;\npublic sealed class Hand { private readonly Channel<int> _items = Channel.CreateUnbounded<int>(); public async System.Threading.Tasks.Task Put(int i) => await _items.Writer.WriteAsync(i); public ChannelReader<int> Out => _items.Reader; }\n";

    [Test]
    public async Task All_findings_of_a_rule_are_fixed_and_the_result_compiles()
    {
        using var code = new CodeOnDisk();
        code.Write("a.cs", LocksItself);
        code.Write("b.cs", LocksItself.Replace("Gate", "Door", StringComparison.Ordinal));
        var plan = await code.Project("P", ["a.cs", "b.cs"]).PlanAsync("HRD1001");
        var files = plan.Units.Single().Files;
        Assert.Multiple(() =>
        {
            Assert.That(files.Select(file => Path.GetFileName(file.Path)), Is.EqualTo(new[] { "a.cs", "b.cs" }));
            Assert.That(files.Select(file => file.New.ToString()), Is.All.Contain("lock (_gate) // one at a time").And.None.Contain("lock (this)"));
            Assert.That(plan.Applied.Sum(applied => applied.Findings), Is.EqualTo(2));
            Assert.That(plan.Applied.Single().Files, Is.EqualTo(new[] { "a.cs", "b.cs" }));
            Assert.That((plan.Applied[0].AddedLines, plan.Applied[0].RemovedLines), Is.EqualTo((4, 2)).Or.EqualTo((6, 2)));
            Assert.That((plan.Refused.Count, plan.Decisions.Count, plan.Left.Count), Is.EqualTo((0, 0, 0)));
            Assert.That(code.Read("a.cs"), Is.EqualTo(LocksItself), "a plan writes nothing");
        });
    }

    [Test]
    public async Task Only_files_that_match_are_fixed()
    {
        using var code = new CodeOnDisk();
        code.Write("src/a.cs", LocksItself);
        code.Write("lib/b.cs", LocksItself.Replace("Gate", "Door", StringComparison.Ordinal));
        var plan = await code.Project("P", ["src/a.cs", "lib/b.cs"]).PlanAsync("HRD1001", null, "src/*");
        Assert.That(plan.Units.Single().Files.Select(file => Path.GetFileName(file.Path)), Is.EqualTo(new[] { "a.cs" }));
    }

    [Test]
    public async Task What_happens_to_a_full_queue_is_for_people_to_decide()
    {
        using var code = new CodeOnDisk();
        code.Write("q.cs", Queue);
        var asked = await code.Project("P", ["q.cs"]).PlanAsync("HRD2004");
        var decision = asked.Decisions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(asked.Units.Single().Files, Is.Empty);
            Assert.That((decision.Rule, decision.Findings), Is.EqualTo(("HRD2004", 1)));
            Assert.That(decision.Variants.Select(variant => variant.Key), Has.Some.EqualTo("HRD2004.Wait").And.Some.EqualTo("HRD2004.DropOldest"));
        });
        var chosen = await code.PlanAsync("HRD2004", "HRD2004.DropOldest");
        Assert.Multiple(() =>
        {
            Assert.That(chosen.Decisions, Is.Empty);
            Assert.That(chosen.Units.Single().Files.Single().New.ToString(), Does.Contain("CreateBounded").And.Contain("DropOldest"));
        });
    }

    [Test]
    public async Task A_variant_that_no_fix_has_changes_nothing_and_the_others_are_told()
    {
        using var code = new CodeOnDisk();
        code.Write("q.cs", Queue);
        var plan = await code.Project("P", ["q.cs"]).PlanAsync("HRD2004", "no such");
        Assert.That((plan.Units.Single().Files.Count, plan.Decisions.Single().Findings), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task A_file_of_two_projects_changes_once_for_both()
    {
        using var code = new CodeOnDisk();
        code.Write("shared.cs", LocksItself);
        var plan = await code.Project("A", ["shared.cs"]).Project("B", ["shared.cs"]).PlanAsync("HRD1001");
        Assert.Multiple(() =>
        {
            Assert.That(plan.Units.Single().Projects, Has.Count.EqualTo(2));
            Assert.That(plan.Units.Single().Files, Has.Count.EqualTo(1));
            Assert.That(plan.Applied.Sum(applied => applied.Findings), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_fix_that_another_project_of_the_file_cannot_compile_is_not_taken()
    {
        using var code = new CodeOnDisk();
        code.Write("shared.cs", "namespace Sample;\n" + LocksItself);
        code.Write("strange.cs", "namespace Sample.System { public sealed class Strange { } }\n"); // 'System' means this one where it is
        var plan = await code.Project("A", ["shared.cs"]).Project("B", ["shared.cs", "strange.cs"]).PlanAsync("HRD1001");
        Assert.Multiple(() =>
        {
            Assert.That(plan.Refused.Where(refused => refused.Project == "A").Select(refused => refused.Why), Has.Some.Contains("shared.cs(").And.Some.Contains("CS0234"));
            Assert.That(plan.Units.Single().Files.Select(file => file.New.ToString()), Has.None.Contain("readonly System.Threading.Lock"));
        });
    }

    [Test]
    public async Task Frameworks_of_a_project_are_fixed_each_in_its_own_part_of_a_file()
    {
        using var code = new CodeOnDisk();
        code.Write("a.cs", $"#if ONE\n{LocksItself}#else\n{LocksItself.Replace("_count", "_other", StringComparison.Ordinal)}#endif\n");
        var plan = await code.Project("P", ["a.cs"], "net10.0", ["ONE"]).Project("P", ["a.cs"], "net8.0", ["TWO"]).PlanAsync("HRD1001");
        var text = plan.Units.Single().Files.Single().New.ToString();
        Assert.That(text.Split("lock (_gate)"), Has.Length.EqualTo(3), text);
    }

    [TestCase("\r\n", true)]
    [TestCase("\n", false)]
    public async Task Line_ends_and_the_encoding_stay_those_of_the_file(string end, bool hasMark)
    {
        using var code = new CodeOnDisk();
        var path = code.Write("a.cs", "// Größe\n".ReplaceLineEndings(end) + LocksItself.ReplaceLineEndings(end), new UTF8Encoding(hasMark));
        var plan = await code.Project("P", ["a.cs"]).PlanAsync("HRD1001");
        var swap = new Hardening.Cli.Fixing.FileSwap();
        swap.Write(plan.Units.Single().Files);
        var bytes = File.ReadAllBytes(path);
        var text = Encoding.UTF8.GetString(bytes);
        Assert.Multiple(() =>
        {
            Assert.That(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble), Is.EqualTo(hasMark));
            Assert.That(text, Does.Contain("Größe").And.Contain("lock (_gate)"));
            Assert.That(text.ReplaceLineEndings(end), Is.EqualTo(text));
        });
    }

    [Test]
    public async Task Code_that_does_not_build_is_left_alone()
    {
        using var code = new CodeOnDisk();
        code.Write("a.cs", LocksItself);
        var plan = await code.Project("P", ["a.cs"], mode: LoadMode.Loose).PlanAsync("HRD1001");
        Assert.Multiple(() =>
        {
            Assert.That(plan.Units, Is.Empty);
            Assert.That(plan.Notes, Has.Some.StartsWith("P was left alone"));
        });
    }

    [Test]
    public async Task Files_outside_are_not_changed()
    {
        using var code = new CodeOnDisk();
        using var elsewhere = new CodeOnDisk();
        var plan = await code.Project("P", [elsewhere.Write("a.cs", LocksItself)]).PlanAsync("HRD1001");
        Assert.Multiple(() =>
        {
            Assert.That(plan.Units.Single().Files, Is.Empty);
            Assert.That(plan.Refused.Single().Why, Does.Contain("which is not in"));
        });
    }

    [Test]
    public async Task Types_that_a_project_does_not_refer_to_are_not_offered_and_that_is_told()
    {
        using var code = new CodeOnDisk();
        code.Write("a.cs", LocksItself);
        var plan = await code.Project("P", ["a.cs"]).PlanAsync("HRD1001");
        Assert.That(plan.Notes, Has.Some.Contains("Hardening.Runtime"));
    }

    [Test]
    public async Task Suppressed_findings_are_not_fixed()
    {
        using var code = new CodeOnDisk();
        code.Write("a.cs", "#pragma warning disable HRD1001\n" + LocksItself);
        var plan = await code.Project("P", ["a.cs"]).PlanAsync("HRD1001");
        Assert.That(plan.Units.Single().Files, Is.Empty);
    }
}
