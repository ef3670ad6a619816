using Hardening.Runtime.Tests.Processes;
using Hardening.Stalls;
using Hardening.Stalls.Reports;

namespace Hardening.Runtime.Tests.Stalls.Reports;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StallReportFilesTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ManualTimeProvider _time = new();

    private string Stalls => Path.Combine(_scratch.Path, "stalls");

    public void Dispose() => _scratch.Dispose();

    [Test]
    public void A_report_is_written_for_programs_and_for_people_in_a_directory_that_is_made()
    {
        var path = Files().Write(SampleReports.Report("one"), SampleReports.Window(), static () => true);
        Assert.That(path, Is.EqualTo(Path.Combine(Stalls, "one.hardening.json")));
        Assert.That(Names(), Is.EqualTo(new[] { "one.hardening.json", "one.hardening.md" }));
        var file = StallReportFile.Read(path);
        Assert.That(RandomValues.Describe(file.Window), Is.EqualTo(RandomValues.Describe(SampleReports.Window())));
        Assert.That(File.ReadAllText(Path.Combine(Stalls, "one.hardening.md")), Is.EqualTo(StallReportText.Write(file.Report)));
    }

    [Test]
    public void The_end_of_a_stall_takes_the_place_of_its_beginning()
    {
        var files = Files();
        files.Write(SampleReports.Report("one"), SampleReports.Window(), static () => true);
        var path = files.Write(SampleReports.Report("one", hasEnded: true), SampleReports.Window(), static () => true);
        Assert.That(Names(), Has.Length.EqualTo(2));
        Assert.That(StallReportFile.Read(path).Report.HasEnded, Is.True);
    }

    [Test]
    public void Samples_are_left_out_when_they_are_not_wanted()
    {
        var path = Files(new StallReportOptions { WithSamples = false }).Write(SampleReports.Report(), SampleReports.Window(), static () => true);
        Assert.That(StallReportFile.Read(path).Window, Is.Null);
    }

    [Test]
    public void The_oldest_go_and_nothing_but_reports_goes()
    {
        Directory.CreateDirectory(Stalls);
        string[] others = ["a.json", "a.md", "notes.txt", "0.hardening.txt", "0.hardening.json.bak"];
        others.ToList().ForEach(name => File.WriteAllText(Path.Combine(Stalls, name), "mine"));
        Directory.CreateDirectory(Path.Combine(Stalls, "0"));
        var files = Files(new StallReportOptions { MaxFiles = 3 });
        for (var i = 1; i <= 6; i++)
        {
            files.Write(SampleReports.Report($"2026-{i}"), null, static () => true);
        }

        Assert.That(Names().Except(others), Is.EqualTo(new[] { "2026-4", "2026-5", "2026-6" }.SelectMany(id => new[] { $"{id}.hardening.json", $"{id}.hardening.md" })));
        Assert.That(Names().Intersect(others), Is.EquivalentTo(others));
    }

    [Test]
    public void The_report_that_was_just_written_never_goes()
    {
        var files = Files(new StallReportOptions { MaxFiles = 1 });
        files.Write(SampleReports.Report("2026-2"), null, static () => true);
        files.Write(SampleReports.Report("2026-1"), null, static () => true);
        Assert.That(Names(), Is.EqualTo(new[] { "2026-1.hardening.json", "2026-1.hardening.md" }));
    }

    [Test]
    public void What_a_process_left_half_written_goes_after_an_hour()
    {
        Directory.CreateDirectory(Stalls);
        var left = Path.Combine(Stalls, ".12-1.hardening.tmp");
        File.WriteAllText(left, "half");
        File.SetLastWriteTimeUtc(left, _time.GetUtcNow().UtcDateTime);
        Files().Write(SampleReports.Report("one"), null, static () => true);
        Assert.That(File.Exists(left), "another process may still be writing");
        _time.Advance(TimeSpan.FromHours(2));
        Files().Write(SampleReports.Report("two"), null, static () => true);
        Assert.That(File.Exists(left), Is.False);
    }

    [Test]
    public void A_write_that_nobody_waits_for_any_more_leaves_nothing_and_overwrites_nothing()
    {
        var path = Files().Write(SampleReports.Report("one", hasEnded: true), null, static () => true);
        Assert.That(() => Files().Write(SampleReports.Report("one"), null, static () => false), Throws.InstanceOf<IOException>());
        Assert.That(Names(), Has.Length.EqualTo(2));
        Assert.That(StallReportFile.Read(path).Report.HasEnded, Is.True);
    }

    [Test]
    public void A_directory_that_cannot_be_made_is_an_error_of_input_and_output()
    {
        File.WriteAllText(Stalls, "a file is in its place");
        Assert.That(() => Files().Write(SampleReports.Report("one"), null, static () => true), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_full_disk_keeps_the_reports_that_it_has_and_takes_others_once_it_has_room()
    {
        using var disk = new SmallDisk(bytes: 1 << 20);
        var files = Files(new StallReportOptions { Directory = disk.FullName });
        var first = files.Write(SampleReports.Report("first"), SampleReports.Window(), static () => true);
        var content = File.ReadAllText(first);
        disk.Fill();
        Assert.That(() => files.Write(SampleReports.Report("second"), SampleReports.Window(), static () => true), Throws.InstanceOf<IOException>());
        Assert.That(() => files.Write(SampleReports.Report("first", hasEnded: true), SampleReports.Window(), static () => true), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFiles(disk.FullName).Select(Path.GetFileName), Is.EquivalentTo(new[] { "filler", "first.hardening.json", "first.hardening.md" }), "nothing half written is left");
        Assert.That(File.ReadAllText(first), Is.EqualTo(content));
        disk.Free();
        Assert.That(StallReportFile.Read(files.Write(SampleReports.Report("second"), SampleReports.Window(), static () => true)).Report.Id, Is.EqualTo("second"));
    }

    [TestCase("../../etc/passwd", "_._.._etc_passwd")]
    [TestCase("a b:c", "a_b_c")]
    [TestCase("", "stall")]
    [TestCase(".hidden", "_hidden")]
    [TestCase("20261122T200338.123Z-4711-1", "20261122T200338.123Z-4711-1")]
    public void No_id_leads_out_of_the_directory(string id, string name) => Assert.That(StallReportFiles.NameOf(id), Is.EqualTo(name));

    [Test]
    public void No_name_is_too_long_for_a_file()
    {
        var path = Files().Write(SampleReports.Report(new string('x', 1000)), null, static () => true);
        Assert.That(File.Exists(path));
    }

    [TestCase(null)]
    [TestCase("")]
    public void There_is_no_directory_where_none_is_wanted(string? directory) => Assert.That(Files(new StallReportOptions { Directory = directory }).Directory, Is.Null);

    [Test]
    public void A_directory_from_the_root_stays_where_it_is() =>
        Assert.That(Files(new StallReportOptions { Directory = "/var/log/stalls" }).Directory, Is.EqualTo("/var/log/stalls"));

    [Test]
    public void Room_for_a_dump_is_made_among_dumps_alone()
    {
        Directory.CreateDirectory(Stalls);
        string[] names = ["1.hardening.dmp", "2.hardening.dmp", "3.hardening.dmp", "1.hardening.json", "core"];
        names.ToList().ForEach(name => File.WriteAllText(Path.Combine(Stalls, name), ""));
        Assert.That(Files().DumpPath("4", maxDumps: 2), Is.EqualTo(Path.Combine(Stalls, "4.hardening.dmp")));
        Assert.That(Names(), Is.EqualTo(new[] { "1.hardening.json", "3.hardening.dmp", "core" }));
    }

    private StallReportFiles Files(StallReportOptions? options = null) => new(options ?? new StallReportOptions(), _scratch.Path, _time);

    private string[] Names() => [.. Directory.GetFiles(Stalls).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
