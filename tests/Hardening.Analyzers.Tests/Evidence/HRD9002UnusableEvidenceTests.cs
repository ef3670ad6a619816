using System.Globalization;
using System.Text.Json.Nodes;
using Hardening.Analyzers.Evidence;
using static Hardening.Analyzers.Tests.Evidence.ReportText;

namespace Hardening.Analyzers.Tests.Evidence;

public sealed class HRD9002UnusableEvidenceTests
{
    private const string Source = "class C { void M() { lock (this) { } } void Two(object a) { lock (this) { } lock (a) { } } void None() { } }";

    [TestCase("", "1: '0.hardening.json' cannot be used: it is no stall report: it is cut off")]
    [TestCase("\u007fELF", "1: '0.hardening.json' cannot be used: it is no stall report: an object is expected")]
    [TestCase("[]", "1: '0.hardening.json' cannot be used: it is no stall report: an object is expected")]
    [TestCase("{}", "1: '0.hardening.json' cannot be used: it is no stall report: its format is not said, not 'hardening.stall-report'")]
    [TestCase("{\"format\": \"sarif\", \"version\": 1}", "1: '0.hardening.json' cannot be used: it is no stall report: its format is 'sarif', not 'hardening.stall-report'")]
    [TestCase("{\"format\": \"hardening.stall-report\", \"version\": 2, \"report\": {}}", "1: '0.hardening.json' cannot be used: it is a stall report of version 2, and this rule reads versions up to 1: update Hardening.Analyzers")]
    [TestCase("{\"format\": \"hardening.stall-report\", \"version\": 0, \"report\": {}}", "1: '0.hardening.json' cannot be used: it is a stall report that does not say its version before the report")]
    [TestCase("{\"format\": \"hardening.stall-report\", \"version\": 1}", "1: '0.hardening.json' cannot be used: it is a stall report without a report")]
    [TestCase("{\"format\": \"hardening.stall-report\",\n\"version\": 1,\n\"report\": {\"id\": \"1\", \"culprit\": {\"met", "3: '0.hardening.json' cannot be used: it is a stall report that is damaged: it is cut off")]
    [TestCase("{\"format\": \"hardening.stall-report\",\n\"version\": 1,\n\"report\": {\"id\": \"1\" \"culprit\": 1}}", "3: '0.hardening.json' cannot be used: it is a stall report that is damaged: ',' or '}' is expected")]
    [TestCase("{\"format\": \"hardening.stall-report\",\n\"version\": 1,\n\"report\": {\"id\": \"\\q\"}}", "3: '0.hardening.json' cannot be used: it is a stall report that is damaged: '\\' is followed by what it cannot be")]
    public Task Reports_what_cannot_be_read_and_where(string text, string expected) => ReportsAsync(Source, [text], expected);

    [TestCase("C.Gone", 7, "'C.Gone', which is not found: 'Test.cs' has no 'Gone' any more")]
    [TestCase("C.None", 1, "'C.None', which is not found: nothing in 'None' takes a lock any more")]
    [TestCase("C.Two", 9, "'C.Two', which is not found: it has changed, and any of 2 statements of 'Two' that take a lock may be meant")]
    [TestCase("D..ctor", 9, "'D..ctor', which is not found: 'Test.cs' has no 'D' any more")]
    public Task Reports_what_is_not_found_any_more(string method, int line, string expected) =>
        ReportsAsync(Source, [Of(method, line)], $"{method}: '0.hardening.json' names Test.cs:{line} in {expected}");

    [Test]
    public Task Reports_work_that_cannot_be_found_again() => ReportsAsync(Source, [Of("C.M", 50, callee: null, cause: "busyActivity")],
        "C.M: '0.hardening.json' names Test.cs:50 in 'C.M', which is not found: it has changed, and nothing tells which statement of 'M' was at work");

    [Test]
    public Task Reports_a_method_of_a_file_that_is_not_there() => ReportsAsync(Source, [Make(report => report["culprit"] = Frame("N.X.M", 3, file: "C:\\build\\src\\X.cs"))],
        "N.X.M: '0.hardening.json' names X.cs:3 in 'N.X.M', which is not found: no file has such a method");

    [Test]
    public Task Reports_what_several_reports_name_once_in_the_newest() => ReportsAsync(Source,
        [Of("C.Gone", 7, id: "1", day: "2026-11-20"), Of("C.Gone", 7, id: "2", day: "2026-11-22"), Of("C.Gone", 7, id: "3", day: "2026-11-21")],
        "C.Gone: '1.hardening.json' names Test.cs:7 in 'C.Gone', as 2 older reports do, which is not found: 'Test.cs' has no 'Gone' any more");

    [Test]
    public Task Reports_a_report_of_another_assembly() => ReportsAsync(Source, [Make(report => report["culprit"] = Frame("N.X.M", 3, module: "Other"))],
        "something stood still: '0.hardening.json' is about 'Other', and names nothing of 'Test'");

    [Test]
    public Task Reports_a_report_that_names_nothing() => ReportsAsync(Source,
        [Make(report => { report["id"] = "1"; report["verdict"]!["cause"] = "garbageCollection"; }), Make(report => { report["id"] = "2"; report["missing"] = new JsonArray("Stacks of the threads: nobody takes them."); })],
        "something stood still: '0.hardening.json' names no statement: its cause is 'garbageCollection'",
        "something stood still: '1.hardening.json' names no statement: it lacks: Stacks of the threads: nobody takes them");

    [Test]
    public Task Says_in_its_properties_what_a_tool_needs_that_scans_several_projects() => RunAsync(Source, [Of("C.Gone", 7), "{"], found => Assert.That(
        found.Select(diagnostic => (diagnostic.Properties["kind"], diagnostic.Properties["file"], diagnostic.Properties["place"])),
        Is.EquivalentTo([("stale", "/evidence/0.hardening.json", "C.Gone|/_/src/Test.cs|7"), ("unreadable", "/evidence/1.hardening.json", "")])));

    [TestCase("C.M", 1)]
    [TestCase("C.M", 77)]
    public Task Is_silent_about_what_is_found(string method, int line) => ReportsAsync(Source, [Of(method, line)]);

    [Test]
    public Task Is_silent_about_statements_of_other_assemblies_in_a_report_about_this_one() => ReportsAsync(Source,
        [Make(report =>
        {
            report["culprit"] = Frame("C.M", 1);
            report["locks"] = new JsonArray(new JsonObject { ["waiters"] = 3, ["ownerAt"] = Frame("Lib.X", 9, module: "Lib") });
        })]);

    [Test]
    public Task Is_silent_about_further_fields() => ReportsAsync(Source, [Of("C.M", 1).Replace("\"id\"", "\"news\": [true, false, null, -1.5e3, {\"a\": \"\\u0041\\n\"}], \"id\"", StringComparison.Ordinal)]);

    [Test]
    public Task Is_silent_about_what_comes_after_the_report() => ReportsAsync(Source, [Of("C.M", 1).Split("\"window\"")[0]]);

    [Test]
    public Task Is_silent_about_a_copy() => ReportsAsync(Source, [Of("C.M", 1), Of("C.M", 1)]);

    [Test]
    public Task Is_silent_about_frames_of_the_framework() => ReportsAsync(Source, [Make(report =>
    {
        report["culprit"] = Frame("C.M", 1);
        report["stacks"] = new JsonArray(Group(40, [Enter], Frame("System.Console.WriteLine", module: "System.Console")));
    })]);

    [Test]
    public Task Is_silent_without_reports() => ReportsAsync(Source, []);

    // Whatever a file is, an editor goes on.
    [Test, CancelAfter(60_000)]
    public async Task Hostile_files_are_read_to_a_bound_and_do_no_harm(CancellationToken timeout)
    {
        const string Head = "{\"format\":\"hardening.stall-report\",\"version\":1,\"report\":";
        string[] hostile =
        [
            Head + new string('[', 1_000_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 100_000)),
            Head + "[" + new string('1', 1_000_000),
            Head + "[" + string.Concat(Enumerable.Repeat("1,", 1_500_000)) + "1]}",
            Head + "{\"id\":\"" + new string('x', 3_000_000),
            Head + "{\"culprit\":{\"method\":\"" + new string('<', 100_000) + "\",\"line\":1e300}}}",
            "{\"window\":" + string.Concat(Enumerable.Repeat("[{},", 60)) + new string('\0', 100),
            Of("C.M", int.MaxValue, methodLine: int.MaxValue),
            Of("C.M" + string.Concat(Enumerable.Repeat(".<Main>$", 10_000)), 1),
        ];
        await RunAsync(Source, hostile, found => Assert.That(found.Count(diagnostic => diagnostic.Properties["kind"] == "unreadable"), Is.EqualTo(6)), timeout);
    }

    [Test]
    public async Task No_report_cut_or_damaged_at_any_place_does_harm()
    {
        var report = Of("C.M", 1);
        var random = new Random(20261122);
        var cut = Enumerable.Range(0, 150).Select(_ => report[..random.Next(report.Length)]);
        var damaged = Enumerable.Range(0, 150).Select(_ => report.Remove(random.Next(report.Length), 1).Insert(random.Next(report.Length), "{}[]\",:0\\x"[random.Next(10)].ToString()));
        await RunAsync(Source, [.. cut, .. damaged], found => Assert.That(found, Is.Not.Empty));
    }

    private static Task ReportsAsync(string source, string[] reports, params string[] expected) => RunAsync(source, reports, found => Assert.That(
        found.Select(diagnostic => $"{At(diagnostic, reports)}: {diagnostic.GetMessage(null)}"), Is.EquivalentTo(expected)));

    // What is underlined, or the line where there is no such thing.
    private static string At(Diagnostic diagnostic, string[] reports)
    {
        var place = diagnostic.Location.GetLineSpan();
        var report = reports[int.Parse(Path.GetFileName(place.Path).Split('.')[0], CultureInfo.InvariantCulture)];
        var span = diagnostic.Location.SourceSpan;
        Assert.That(report[..span.Start].Count(c => c == '\n'), Is.EqualTo(place.StartLinePosition.Line));
        return span.IsEmpty ? (place.StartLinePosition.Line + 1).ToString(CultureInfo.InvariantCulture) : report.Substring(span.Start, span.Length).Trim('"');
    }

    private static async Task RunAsync(string source, string[] reports, Action<ImmutableArray<Diagnostic>> check, CancellationToken timeout = default)
    {
        var project = RuleRunner.CreateProject(Markup.Parse(source), new Setup { Evidence = [.. reports.Select((text, index) => ($"/evidence/{index}.hardening.json", text))] });
        ImmutableArray<DiagnosticAnalyzer> rules = [new HRD9002UnusableEvidenceAnalyzer()];
        var compilation = (await project.GetCompilationAsync(timeout))!;
        var found = await RuleRunner.RunAsync(rules, compilation, project.AnalyzerOptions, timeout);
        check(found);

        // An editor shows what needs no look at the code while a report is open.
        foreach (var file in project.AnalyzerOptions.AdditionalFiles.Take(10))
        {
            var shown = await compilation.WithAnalyzers(rules, project.AnalyzerOptions).GetAnalysisResultAsync(file, timeout);
            Assert.That(shown.GetAllDiagnostics().Select(diagnostic => diagnostic.ToString()), Is.EqualTo(found.Where(diagnostic => diagnostic.Properties["kind"] == "unreadable" && diagnostic.Location.GetLineSpan().Path == file.Path).Select(diagnostic => diagnostic.ToString())));
        }
    }
}
