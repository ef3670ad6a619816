using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hardening.Runtime.Tests.Processes;
using Hardening.Stalls;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;

namespace Hardening.Runtime.Tests.Stalls.Reports;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StallReportFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Test]
    public void What_is_written_is_read_back_to_the_last_tick()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var content = new RandomValues(seed).Make<StallReportContent>();
            var file = StallReportFile.Read(Write(content));
            Assert.That(RandomValues.Describe(file.Report), Is.EqualTo(RandomValues.Describe(content.Report)), $"seed {seed}");
            Assert.That(RandomValues.Describe(file.Window), Is.EqualTo(RandomValues.Describe(content.Window)), $"seed {seed}");
        }
    }

    [Test]
    public void A_verdict_can_be_made_again_from_what_was_read()
    {
        var window = SampleReports.Window();
        var file = StallReportFile.Read(Write(new StallReportContent { Report = SampleReports.Report(), Window = window }));
        Assert.That(RandomValues.Describe(CauseClassifier.Classify(file.Window!)), Is.EqualTo(RandomValues.Describe(CauseClassifier.Classify(window))));
    }

    [Test]
    public void Tools_find_statement_and_seconds_where_the_page_says()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Write(new StallReportContent { Report = SampleReports.Report(), Window = SampleReports.Window() })));
        var report = json.RootElement.GetProperty("report");
        var culprit = report.GetProperty("culprit");
        Assert.That((culprit.GetProperty("file").GetString(), culprit.GetProperty("line").GetInt32()), Is.EqualTo(("LegacyServer.cs", 41)));
        Assert.That(report.GetProperty("duration").GetDouble(), Is.EqualTo(5.125));
        Assert.That(report.GetProperty("verdict").GetProperty("cause").GetString(), Is.EqualTo("lockContention"));
        Assert.That(report.GetProperty("locks")[0].GetProperty("address").GetString(), Is.EqualTo("0x7f00dead0000"));
    }

    [Test]
    public void Samples_leave_zeros_out()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Write(new StallReportContent { Report = SampleReports.Report(), Window = SampleReports.Window() })));
        var sample = json.RootElement.GetProperty("window").GetProperty("samples")[0].GetRawText();
        Assert.That(sample, Is.EqualTo(
            """{"sample":{"time":1200000000,"interval":200000000,"process":{"threads":30}},"threads":[{"threadId":4712,"state":"S","argument":"0x7f00dead0000"}]}"""));
    }

    [Test]
    public void Each_sample_has_a_line_of_its_own()
    {
        var window = SampleReports.Window();
        var path = Write(new StallReportContent { Report = SampleReports.Report(), Window = window with { Samples = [.. Enumerable.Repeat(window.Samples[0], 5)] } });
        Assert.That(File.ReadLines(path).Count(line => line.StartsWith("{\"sample\":", StringComparison.Ordinal)), Is.EqualTo(5));
    }

    [Test]
    public void A_share_that_is_no_number_does_not_lose_the_report()
    {
        var report = SampleReports.Report();
        var file = StallReportFile.Read(Write(new StallReportContent { Report = report with { Verdict = report.Verdict with { Confidence = double.NaN } } }));
        Assert.That(file.Report.Verdict.Confidence, Is.Zero);
    }

    [Test]
    public void Fields_that_it_does_not_know_are_passed_over()
    {
        var text = File.ReadAllText(Write(new StallReportContent { Report = SampleReports.Report() })).Replace("\"id\"", "\"mood\": [{}], \"id\"", StringComparison.Ordinal);
        Assert.That(StallReportFile.Read(Put(text)).Report.Id, Is.EqualTo(SampleReports.Report().Id));
    }

    [Test]
    public void A_report_without_later_fields_is_read()
    {
        var written = JsonNode.Parse(File.ReadAllText(Write(new StallReportContent { Report = SampleReports.Report(), Window = SampleReports.Window() with { Stacks = new ThreadStackCapture { Source = "test" } } })))!;
        Assert.That(written["report"]!.AsObject().Remove("documents") && written["window"]!["stacks"]!.AsObject().Remove("documents"));
        var file = StallReportFile.Read(Put(written.ToJsonString()));
        Assert.That(file.Report.Documents, Is.Empty);
        Assert.That(file.Window!.Stacks!.Documents, Is.Empty);
        Assert.That(file.Report.Culprit!.MethodLine, Is.Null);
    }

    [TestCase("", "is no stall report: ")]
    [TestCase("hello", "is no stall report: ")]
    [TestCase("[1]", "is no stall report: its format is not said")]
    [TestCase("{\"format\": \"other\", \"version\": 1}", "is no stall report: its format is 'other', not 'hardening.stall-report'")]
    [TestCase("{\"version\": 1, \"report\": {}}", "is no stall report: its format is not said")]
    [TestCase("{\"version\": 3, \"format\": \"hardening.stall-report\", \"report\": 1}", "is a stall report of version 3, and this program reads versions up to 1: read it with a newer one")]
    [TestCase("{\"format\": \"hardening.stall-report\"}", "is a stall report that is damaged: it does not say its version")]
    [TestCase("{\"format\": \"hardening.stall-report\", \"version\": 1}", "is a stall report that is cut off or damaged: ")]
    [TestCase("{\"format\": \"hardening.stall-report\", \"version\": 1, \"report\": null}", "is a stall report that is cut off or damaged: ")]
    [TestCase("{\"format\": \"hardening.stall-report\", \"version\": 1, \"repo", "is a stall report that is cut off or damaged: ")]
    public void A_file_that_is_no_report_is_told_so(string text, string expected)
    {
        var path = Put(text);
        Assert.That(() => StallReportFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{path}' {expected}"));
        Assert.That(StallReportFile.TryRead(path, out _, out var error), Is.False);
        Assert.That(error, Does.StartWith($"'{path}' {expected}"));
    }

    [Test]
    public void A_file_that_is_not_there_cannot_be_read()
    {
        var path = Path.Combine(_scratch.Path, "none" + StallReportFile.Extension);
        Assert.That(() => StallReportFile.Read(path), Throws.InstanceOf<FileNotFoundException>());
        Assert.That(StallReportFile.TryRead(path, out _, out var error), Is.False);
        Assert.That(error, Does.Contain(path));
    }

    [Test]
    public void A_report_that_is_cut_off_anywhere_is_told_so()
    {
        var bytes = File.ReadAllBytes(Write(new StallReportContent { Report = SampleReports.Report(), Window = SampleReports.Window() }));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.That(() => StallReportFile.Read(Put(bytes[..length])), Throws.TypeOf<InvalidDataException>(), $"{length} bytes of {bytes.Length}");
        }
    }

    [Test]
    public void A_damaged_byte_is_told_or_does_no_harm_but_never_breaks_the_reader()
    {
        var random = new Random(1);
        var bytes = File.ReadAllBytes(Write(new StallReportContent { Report = SampleReports.Report(), Window = SampleReports.Window() }));
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            refused += StallReportFile.TryRead(Put(damaged), out _, out _) ? 0 : 1;
        }

        Assert.That(refused, Is.GreaterThan(20));
    }

    private string Write(StallReportContent content)
    {
        content = content with { Format = StallReportContent.FormatName, Version = StallReportContent.CurrentVersion };
        return Put(JsonSerializer.SerializeToUtf8Bytes(content, StallReportJson.Default.StallReportContent));
    }

    private string Put(string text) => Put(Encoding.UTF8.GetBytes(text));

    private string Put(byte[] bytes)
    {
        var path = Path.Combine(_scratch.Path, "stall" + StallReportFile.Extension);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
