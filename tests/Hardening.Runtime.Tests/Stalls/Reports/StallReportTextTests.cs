using System.Globalization;
using Hardening.Stalls.Reports;

namespace Hardening.Runtime.Tests.Stalls.Reports;

public sealed class StallReportTextTests
{
    [Test]
    public void Tells_all_that_a_reader_needs_with_the_headline_first()
    {
        var text = StallReportText.Write(SampleReports.Report());
        Assert.That(text, Does.StartWith("# LegacyServer.cs:41: 27 threads waited for a lock that conv6 held.\n"));
        foreach (var part in new[]
        {
            "`Inspection` (process 4711 on line-3), 2026-11-22 20:03:38.000 UTC, 5.125 s, noticed after 5.125 s; the stall still lasts.",
            "| importer | cycle/save | 5.125 s | 5 s | 4712 | no |",
            "**LockContention**, 95 % sure.",
            "* beside it: ForeignLoad, 10 %",
            "blocked                  ###########################...   90 %",
            "* conv6 held it all the time.",
            "* **Monitor `System.Object`** at 0x7f00dead0000: 27 wait, held by `conv6` (thread 4720)",
            "  * the owner: `Inspection.LegacyServer.Archive` at `LegacyServer.cs:41`",
            "  * those who wait: `Inspection.LegacyServer.Serve` at `LegacyServer.cs:30`",
            "2 threads: 4712, 4713",
            "  Inspection.LegacyServer.Serve  LegacyServer.cs:30",
            "| 4720 | conv6 | 2.5 s | 0 s | 2 s | 0.5 s | futex_do_wait |",
            "* Do not archive under the lock. Rule HRD1003 finds such code. `Hardening.Pool.ProcessPool` takes its place.",
            "* No stacks of native code.",
            "* 2 processors, Linux 6.18, .NET 10.0.12, version 1.2+abc",
        })
        {
            Assert.That(text, Does.Contain(part));
        }

        Assert.That(StallReportText.Write(SampleReports.Report(hasEnded: true)), Does.Contain("7.25 s, noticed after 5.125 s; the stall is over."));
    }

    [Test]
    public void Whatever_a_report_has_in_it_is_told_on_lines_of_their_own()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var report = new RandomValues(seed).Make<Hardening.Stalls.StallReport>();
            var text = StallReportText.Write(report);
            Assert.That(text.Split('\n').Where(line => line.StartsWith("Zeilen", StringComparison.Ordinal)), Is.Empty, $"seed {seed}: a name broke its line");
            Assert.That(text.Split("```").Length % 2, Is.EqualTo(1), $"seed {seed}: a block does not end");
        }
    }

    [Test]
    public void Numbers_are_the_same_in_every_country()
    {
        var text = StallReportText.Write(SampleReports.Report());
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = german.NumberFormat.PercentDecimalSeparator = ",";
        german.NumberFormat.PercentSymbol = "Prozent";
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = german;
            Assert.That(StallReportText.Write(SampleReports.Report()), Is.EqualTo(text));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void A_report_of_thousands_of_threads_stays_readable()
    {
        var report = SampleReports.Report();
        var text = StallReportText.Write(report with { Threads = [.. Enumerable.Repeat(report.Threads[0], 3000)] });
        Assert.That(text, Does.Contain("… and 2980 more threads: the JSON beside this file has them.").And.Length.LessThan(10_000));
    }
}
