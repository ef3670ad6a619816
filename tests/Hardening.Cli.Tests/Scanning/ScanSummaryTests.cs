using Hardening.Cli.Scanning;

namespace Hardening.Cli.Tests.Scanning;

public sealed class ScanSummaryTests
{
    [Test]
    public void The_worst_comes_first_and_the_sum_last()
    {
        var text = Write(FakeScan.Of(
            FakeScan.Finding("a.cs", 3, "HRD2003", severity: FindingSeverity.Info), FakeScan.Finding("a.cs", 7), FakeScan.Finding("b.cs", 2, severity: FindingSeverity.Error)));
        var lines = text.Split('\n');
        Assert.Multiple(() =>
        {
            Assert.That(lines[..3], Is.EqualTo(new[] { "b.cs:2 HRD1001 wrong", "a.cs:7 HRD1001 wrong", "a.cs:3 HRD2003 wrong" }));
            Assert.That(text, Does.Contain("By rule\n      2  HRD1001  error    Lock on a private object\n      1  HRD2003  info     Limit I/O\n"));
            Assert.That(text, Does.Contain("By file\n      2  a.cs\n      1  b.cs\n"));
            Assert.That(lines[^1], Is.EqualTo("3 findings (1 error, 1 warning, 1 info) in 2 files; looked at 1 project, 3 files, 1,200 lines in 2.5 s with 300 MiB."));
        });
    }

    [Test]
    public void A_clean_scan_is_one_line() =>
        Assert.That(Write(FakeScan.Of()), Is.EqualTo("0 findings (0 errors, 0 warnings, 0 info) in 0 files; looked at 1 project, 3 files, 1,200 lines in 2.5 s with 300 MiB."));

    [Test]
    public void With_a_baseline_only_new_findings_are_listed()
    {
        var (known, fresh) = (FakeScan.Finding("a.cs") with { IsKnown = true }, FakeScan.Finding("b.cs"));
        var text = Write(FakeScan.Of(known, fresh) with { HasBaseline = true }, [new BaselineEntry("c.cs", "HRD1001", "C.Run()", "00")]);
        Assert.That(text, Does.StartWith("b.cs:1 HRD1001 wrong\n").And.Contains("2 warnings, 0 info, 1 of them new").And.Contains("Gone from the baseline: 1 (--write-baseline takes them out)\n  c.cs HRD1001 C.Run()\n"));
    }

    [Test]
    public void Notes_are_told_with_their_project()
    {
        var result = FakeScan.Of();
        var text = Write(result with { Notes = ["all of it"], Projects = [result.Projects[0] with { Notes = ["a part"] }] });
        Assert.That(text, Does.Contain("Notes\n  all of it\n  App (net10.0): a part\n"));
    }

    [Test]
    public void What_was_measured_is_told_with_the_finding() =>
        Assert.That(Write(FakeScan.Of(FakeScan.Finding() with { Evidence = "12.4 s in 31 stalls" })), Does.StartWith("a.cs:1 HRD1001 wrong [measured: 12.4 s in 31 stalls]\n"));

    [Test]
    public void Names_cannot_steer_the_terminal_nor_make_lines() =>
        Assert.That(Write(FakeScan.Of(FakeScan.Finding("a\u001b[2J\n.cs", message: "x\u202Ey\u0007[red]"))), Does.StartWith("a [2J .cs:1 HRD1001 x y [red]\n"));

    [Test]
    public void A_long_line_stays_one_line() =>
        Assert.That(Write(FakeScan.Of(FakeScan.Finding(message: new string('m', 500)))).Split('\n')[0], Has.Length.GreaterThan(500));

    private static string Write(ScanResult result, IReadOnlyList<BaselineEntry>? gone = null)
    {
        var output = new StringWriter();
        new ScanSummary(new Terminal(output, TextWriter.Null, isJson: false, isInteractive: false)).Write(result, gone ?? [], 300L << 20);
        return output.ToString().ReplaceLineEndings("\n").TrimEnd();
    }
}
