using System.Globalization;
using System.Text.RegularExpressions;
using Hardening.Stalls;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Inspection.Tests.Processes;

/// <summary>The loop of the product, on the original: it stands still, its reports say where, and as evidence they lead to that statement in its source. One run for all of it.</summary>
[CancelAfter(240_000)]
public sealed partial class LegacyStallTests
{
    private readonly string _stalls = Directory.CreateTempSubdirectory("inspection-stalls-").FullName;
    private InspectionProcess _process = null!;
    private List<StallReport> _reports = null!;

    [OneTimeSetUp]
    public void Run()
    {
        _process = InspectionProcess.Start("legacy", "--seconds", "90", "--fps", "60", "--stalls", _stalls); // a few are enough where it has a machine for itself
        _process.WaitForProgress(() => LegacySources.Reports(_stalls).Any(path => IsOfTheLock(StallReportFile.Read(path).Report)));
        _process.Signal("INT");
        _process.WaitForEnd();
        Assert.That(_process.ExitCode, Is.EqualTo(130), _process.Error);
        _reports = [.. LegacySources.Reports(_stalls).Select(path => StallReportFile.Read(path).Report)];
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _process.Dispose();
        Directory.Delete(_stalls, recursive: true);
    }

    [Test]
    public void The_original_ends_with_why_it_stood_still_and_where()
    {
        var causes = _process.ReadFigures()[0].GetProperty("stallCauses").EnumerateArray().ToList();
        var locks = causes.Where(cause => cause.GetProperty("cause").GetString() == "LockContention").Select(cause => cause.GetProperty("headline").GetString()!).ToList();
        Assert.That(locks, Has.Some.StartsWith("LegacyInspectionServer.cs:"), _process.Output);
        var source = File.ReadAllLines(LegacySources.Server);
        var lines = locks.Where(headline => headline.StartsWith("LegacyInspectionServer.cs:", StringComparison.Ordinal)).Select(headline => source[int.Parse(headline.Split(':')[1], CultureInfo.InvariantCulture) - 1].Trim());
        Assert.That(lines, Has.Some.EqualTo("lock (this)"), "the statement is the one that is to blame");
        foreach (var cause in causes)
        {
            var report = Path.Combine(_stalls, "legacy", cause.GetProperty("report").GetString()!);
            Assert.That(_process.Output, Does.Contain(cause.GetProperty("headline").GetString()));
            if (File.Exists($"{report}.hardening.md")) // no more than sixty a minute are written
            {
                Assert.That(File.ReadLines($"{report}.hardening.md").First(), Is.EqualTo($"# {cause.GetProperty("headline").GetString()}"));
            }
        }
    }

    [Test]
    public void Its_reports_say_which_state_of_the_source_they_are_about()
    {
        var checksum = LegacySources.ChecksumOf(File.ReadAllText(LegacySources.Server));
        var documents = _reports.SelectMany(report => report.Documents).Where(document => document.File.EndsWith("/LegacyInspectionServer.cs", StringComparison.Ordinal)).Distinct();
        Assert.That(documents.Select(document => (document.Algorithm, document.Checksum)), Is.EqualTo(new[] { ("SHA256", checksum) }));
    }

    [Test]
    public async Task As_evidence_they_name_the_lock_with_the_seconds_that_were_measured(CancellationToken timeout)
    {
        var locks = await LocksAsync(File.ReadAllText(LegacySources.Server), timeout);
        Assert.That(locks, Is.Not.Empty);
        foreach (var (member, line, message, seconds) in locks)
        {
            Assert.That(message, Does.Match(@"^'lock \(this\)' in '\w+' is named by (a stall report|\d+ stall reports): .+, [\d.,]+ m?s.* \((last )?\d{4}-\d\d-\d\d\)$"));
            double Sum(Func<StallReport, IEnumerable<ThreadStackFrame?>> places) => _reports.Where(report => places(report).Any(at => at?.Line == line && at.File!.EndsWith("/LegacyInspectionServer.cs", StringComparison.Ordinal))).Sum(report => report.Duration.TotalSeconds);
            var blamed = Sum(report => [report.Culprit, .. report.Locks.SelectMany(held => new[] { held.OwnerAt, held.WaitersAt })]);
            var seen = Sum(report => [report.Culprit, .. report.Locks.SelectMany(held => new[] { held.OwnerAt, held.WaitersAt }), .. report.Stacks.SelectMany(group => group.Frames)]);
            Assert.That(seconds, Is.GreaterThan(0).And.InRange(blamed - 0.001, seen + 0.001), $"{member}: {message}");
        }
    }

    [Test]
    public async Task Lines_that_have_moved_are_found(CancellationToken timeout)
    {
        var source = File.ReadAllText(LegacySources.Server);
        var before = await LocksAsync(source, timeout);
        var after = await LocksAsync("// moved\n// by\n// three lines\n" + source, timeout);
        Assert.That(after.Select(one => (one.Member, one.Line - 3, one.Seconds)), Is.EqualTo(before.Select(one => (one.Member, one.Line, one.Seconds))));
        Assert.That(after.Select(one => one.Message), Is.EqualTo(before.Select(one => Note().Replace(one.Message, $"$1, moved from line {one.Line})"))));
    }

    [Test]
    public async Task Evidence_about_a_method_that_has_gone_is_said_to_be_stale(CancellationToken timeout)
    {
        var source = File.ReadAllText(LegacySources.Server);
        var gone = (await LocksAsync(source, timeout))[0].Member;
        var root = await CSharpSyntaxTree.ParseText(source, cancellationToken: timeout).GetRootAsync(timeout);
        var without = root.RemoveNode(root.DescendantNodes().OfType<MethodDeclarationSyntax>().Single(method => method.Identifier.ValueText == gone), SyntaxRemoveOptions.KeepNoTrivia)!.ToFullString();
        Assert.That((await LocksAsync(without, timeout)).Select(one => one.Member), Has.None.EqualTo(gone));
        var told = await LegacySources.FindAsync("HRD9002", without, _stalls, timeout);
        Assert.That(told.Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture)), Has.Some.Match($@"names LegacyInspectionServer\.cs:\d+ in 'Inspection\.Legacy\.LegacyInspectionServer\.{gone}'.*, which is not found: 'LegacyInspectionServer\.cs' has no '{gone}' any more"));
        Assert.That(told.Select(diagnostic => diagnostic.Location.GetLineSpan().Path), Has.All.EndsWith(".hardening.json"));
    }

    private static bool IsOfTheLock(StallReport report) =>
        report is { HasEnded: true, Verdict.Cause: StallCause.LockContention, Culprit: { Line: { } line, File: { } file } }
        && file.EndsWith("/LegacyInspectionServer.cs", StringComparison.Ordinal) && File.ReadAllLines(LegacySources.Server)[line - 1].Trim() == "lock (this)";

    // The locks that HRD9001 names, in the order of the source.
    private async Task<List<(string Member, int Line, string Message, double Seconds)>> LocksAsync(string source, CancellationToken timeout) =>
        [.. from diagnostic in await LegacySources.FindAsync("HRD9001", source, _stalls, timeout)
            let message = diagnostic.GetMessage(CultureInfo.InvariantCulture)
            where message.StartsWith("'lock (this)'", StringComparison.Ordinal)
            let line = diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1
            orderby line
            select (message.Split('\'')[3], line, message, double.Parse(diagnostic.Properties["seconds"]!, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"(\d{4}-\d\d-\d\d)\)$")]
    private static partial Regex Note();
}
