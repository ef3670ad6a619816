using Inspection.CommandLine;
using Inspection.Tests.Processes;

namespace Inspection.Tests.CommandLine;

public sealed class BadInputTests
{
    [TestCase("--foo", "unknown option '--foo'", "--seconds")]
    [TestCase("hardened --foo 3", "unknown option '--foo'", "--seconds")]
    [TestCase("--foo=3 --seconds 1", "unknown option '--foo", "--seconds")]
    [TestCase("fast", "'fast'", "legacy, hardened or compare")]
    [TestCase("legacy hardened", "'hardened'", "one mode")]
    [TestCase("--seconds 0", "'0'", "1 to 3600")]
    [TestCase("--seconds 3601", "'3601'", "1 to 3600")]
    [TestCase("--seconds soon", "'soon'", "1 to 3600")]
    [TestCase("--seconds", "--seconds", "")]
    [TestCase("--fps 0", "'0'", "1 to 1000")]
    [TestCase("--fps NaN", "'NaN'", "1 to 1000")]
    [TestCase("--size 0x0", "'0x0'", "64 to 4096")]
    [TestCase("--size 1280", "'1280'", "1280x1024")]
    [TestCase("--size -64x64", "'-64x64'", "64 to 4096")]
    [TestCase("--size 99999999999x64", "'99999999999x64'", "64 to 4096")]
    [TestCase("--pixel-format RGB8", "'RGB8'", "allowed is Mono8")]
    [TestCase("--pixel-format Grey", "'Grey'", "Mono8")]
    [TestCase("--cameras 0", "'0'", "1 to 16")]
    [TestCase("--cameras 17", "'17'", "1 to 16")]
    [TestCase("--source usb", "'usb'", "synthetic or aravis")]
    [TestCase("--source aravis --address 10.0.0.256", "'10.0.0.256'", "IPv4 address")]
    [TestCase("--source aravis --address 10.1", "'10.1'", "IPv4 address")]
    [TestCase("--source aravis --address 255.255.255.255", "'255.255.255.255'", "IPv4 address")]
    [TestCase("--source aravis --address ::1", "'::1'", "IPv4 address")]
    [TestCase("--source aravis --address 10.0.0.1 --address 10.0.0.1", "10.0.0.1", "once")]
    [TestCase("--address 10.0.0.1", "--address", "--source aravis")]
    [TestCase("--source aravis --cameras 2 --address 10.0.0.1", "--cameras", "one of the two")]
    [TestCase("--source aravis --cameras 17", "'17'", "1 to 16")]
    [TestCase("--html a --json ./a", "'a'", "two files")]
    [TestCase("--html", "--html", "")]
    [TestCase("legacy --lane latest", "--lane", "hardened and compare")]
    [TestCase("legacy --workers 2", "--workers", "hardened and compare")]
    [TestCase("--workers 0", "'0'", "1 to 64")]
    [TestCase("--lane fast", "'fast'", "drop-oldest:N")]
    [TestCase("--lane block:0", "'block:0'", "1 to 64")]
    [TestCase("--lane latest:3", "'latest:3'", "latest")]
    [TestCase("--seconds 1 --seconds 2", "--seconds", "single")]
    [TestCase("legacy --in-processes", "--in-processes", "hardened and compare")]
    [TestCase("legacy --record x", "--record", "hardened and compare")]
    [TestCase("--record", "--record", "")]
    [TestCase("legacy --otlp", "--otlp", "hardened and compare")]
    [TestCase("--otlp hardened", "'hardened'", "http://localhost:4318")]
    [TestCase("--otlp ftp://host", "'ftp://host'", "http://localhost:4318")]
    [TestCase("--source aravis --cameras 2 --otlp", "--otlp", "a network of their own")]
    [TestCase("--replay x --record y", "--record and --replay", "exclude")]
    [TestCase("--replay x --cameras 2", "--cameras", "the recordings say")]
    [TestCase("--replay x --source synthetic", "--source", "the recordings say")]
    [TestCase("--replay x --source aravis --address 10.0.0.1", "--source", "the recordings say")]
    [TestCase("--replay x --size 64x64", "--size", "the recordings say")]
    [TestCase("--replay x --fps 30", "--fps", "the recordings say")]
    [TestCase("--pace fast", "--pace", "--replay")]
    [TestCase("hardened --replay x --pace slow", "'slow'", "recorded or fast")]
    [TestCase("--replay x --pace fast", "--pace fast", "hardened")]
    [TestCase("legacy --replay x --pace fast", "--pace fast", "hardened")]
    [TestCase("--dashboard http://192.168.0.1:80", "'http://192.168.0.1:80'", "this machine alone")]
    [TestCase("--dashboard https://127.0.0.1:80", "'https://127.0.0.1:80'", "http://127.0.0.1:5080")]
    [TestCase("--dashboard 65536", "'65536'", "a port")]
    [TestCase("--dashboard hardened", "'hardened'", "a port")]
    [TestCase("--dashboard http://127.0.0.1:80/page", "page'", "http://127.0.0.1:5080")]
    [TestCase("--source aravis --cameras 2 --dashboard", "--dashboard", "--source synthetic")]
    public void Is_refused_in_one_line_that_says_what_is_allowed(string arguments, string what, string allowed)
    {
        Assert.That(new InspectionCommand().TryParse(arguments.Split(' '), out _, out var problem), Is.False);
        Assert.That(problem, Does.Contain(what).And.Contain(allowed).And.Not.Contain('\n'));
    }

    [TestCase("--record")]
    [TestCase("--replay")]
    [TestCase("--stalls")]
    public void A_directory_without_a_name_is_refused(string option)
    {
        Assert.That(new InspectionCommand().TryParse([option, " "], out _, out var problem), Is.False);
        Assert.That(problem, Does.Contain(option).And.Contain("is empty"));
    }

    [TestCase("hardened --dashboard", "127.0.0.1:5080")]
    [TestCase("hardened --dashboard 0", "127.0.0.1:0")]
    [TestCase("--dashboard http://localhost:8080", "127.0.0.1:8080")]
    [TestCase("--dashboard http://[::1]:8080/ --seconds 3", "[::1]:8080")]
    [TestCase("--dashboard --seconds 3", "127.0.0.1:5080")]
    public void The_dashboard_is_at_its_usual_place_or_where_it_is_wanted(string arguments, string endpoint)
    {
        Assert.That(new InspectionCommand().TryParse(arguments.Split(' '), out var options, out var problem), problem);
        Assert.That(options!.Dashboard?.ToString(), Is.EqualTo(endpoint));
    }

    [Test]
    public void A_collector_is_the_usual_one_unless_another_is_named()
    {
        Assert.That(new InspectionCommand().TryParse(["hardened"], out var none, out _));
        Assert.That(none!.Collector, Is.Null);
        Assert.That(new InspectionCommand().TryParse(["hardened", "--otlp"], out var usual, out _));
        Assert.That(usual!.Collector, Is.EqualTo(new Uri("http://localhost:4318")));
        Assert.That(new InspectionCommand().TryParse(["--otlp", "https://collector:4318/base"], out var named, out _));
        Assert.That(named!.Collector, Is.EqualTo(new Uri("https://collector:4318/base")));
    }

    [Test]
    public void A_replay_goes_to_its_end_unless_it_is_told_how_long()
    {
        Assert.That(new InspectionCommand().TryParse(["--replay", "x"], out var whole, out _));
        Assert.That(whole!.RunsToTheEnd);
        Assert.That(new InspectionCommand().TryParse(["--replay", "x", "--seconds", "3"], out var part, out _));
        Assert.That((part!.RunsToTheEnd, part.Duration), Is.EqualTo((false, TimeSpan.FromSeconds(3))));
    }

    [Test]
    public void Defaults_are_the_demonstration()
    {
        Assert.That(new InspectionCommand().TryParse([], out var options, out _));
        Assert.That(options, Is.Not.Null);
        Assert.That(
            (options!.Mode, options.Source, options.Cameras, options.Duration, options.FrameRate, options.Width, options.Height),
            Is.EqualTo((InspectionMode.Compare, CameraKind.Synthetic, 5, TimeSpan.FromSeconds(20), 30.0, 1280, 1024)));
    }

    [TestCase("--foo")]
    [TestCase("--size 10x10")]
    [TestCase("--pixel-format RGB8 legacy")]
    [TestCase("--source aravis --address 10.0.0.999")]
    [TestCase("--json /no/such/folder/figures.json")]
    [TestCase("--replay /no/such/folder")]
    [TestCase("hardened --record /proc/no/such/folder")]
    [TestCase("--html /no/such/folder/page.html")]
    public void Ends_the_program_with_2_and_one_line_on_stderr(string arguments)
    {
        using var process = InspectionProcess.Run(arguments.Split(' '));
        Assert.That(process.ExitCode, Is.EqualTo(2));
        Assert.That(process.Error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), process.Error);
        Assert.That(process.Error, Does.StartWith("inspection: "));
        Assert.That(process.Output, Is.Empty);
        process.WaitForAllThatItStarted();
    }

    [TestCase("--help")]
    [TestCase("--version")]
    public void Help_is_no_error(string argument)
    {
        using var process = InspectionProcess.Run(argument);
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(process.Output, Is.Not.Empty);
    }
}
