using System.Text.Json;
using Hardening.Cli.Diagnosis;
using Hardening.Processes;
using Hardening.Testing;

namespace Hardening.Cli.Tests.Diagnosis;

public sealed class DoctorTests
{
    private const string Page = "docs/harden/doctor.md";
    private const string Start = "<!-- checks: follow from the code -->\n", End = "<!-- end of checks -->";

    [Test]
    public void The_recorded_host_is_told_as_it_is()
    {
        var results = new RecordedHost().HasSpace("/dev/shm", 1 << 30, 1 << 30).HasSpace("/tmp", 20L << 30, 10L << 30).AskAll();
        Assert.Multiple(() =>
        {
            Assert.That(results.Where(result => result.Verdict == Verdict.Failed), Is.Empty);
            Assert.That(
                results.Where(result => result.Verdict == Verdict.Warned).Select(result => result.Check),
                Is.EqualTo(new[] { "receive-buffer", "receive-buffer-default", "receive-backlog", "udp-errors", "mtu", "core-dumps", "process-ids", "control-group-delegation" }));
        });
    }

    [Test]
    public void A_host_of_which_nothing_can_be_read_is_not_known_and_nothing_throws()
    {
        foreach (var scope in new[] { new DoctorScope(), new DoctorScope { ProcessId = 7, Interface = "eth0", Cameras = new CameraLoad(1, 1, 1) } })
        {
            var results = Doctor.Examine(new Host(new RootedFiles("/no/such/folder"), new Dictionary<string, string>(), scope), Doctor.Checks);
            Assert.Multiple(() =>
            {
                Assert.That(results.Select(result => result.Check).Distinct().Count(), Is.EqualTo(Doctor.Checks.Count), "each check answers");
                Assert.That(results.Where(result => result.Verdict == Verdict.Passed && result.Check != "aravis").Select(result => result.Check), Is.Empty);
                Assert.That(results.Select(result => result.Found), Has.None.Empty);
            });
        }
    }

    [TestCase("")]
    [TestCase("nonsense")]
    [TestCase("-1 : \0 [ ) \n\n : 99999999999999999999999 Udp: \nUdp: \n cpu  \n")]
    public void Files_with_anything_in_them_throw_nothing(string text)
    {
        var scope = new DoctorScope { ProcessId = 7, Interface = "eth0", Cameras = new CameraLoad(1, 1, 1) };
        var results = Doctor.Examine(new Host(new SameFiles(text), new Dictionary<string, string> { ["/proc/stat"] = text, ["/proc/net/snmp"] = text }, scope), Doctor.Checks);
        Assert.That(results, Has.Count.GreaterThanOrEqualTo(Doctor.Checks.Count));
    }

    [Test]
    public void Names_are_unique_and_each_check_says_why_in_a_sentence() => Assert.Multiple(() =>
    {
        Assert.That(Doctor.Checks.Select(check => check.Name), Is.Unique);
        Assert.That(Doctor.Checks.Select(check => check.Name), Is.All.Match("^[a-z][a-z0-9-]*$"));
        Assert.That(Doctor.Checks.Select(check => check.Why), Is.All.EndsWith(".").And.All.Length.GreaterThan(30));
        Assert.That(Doctor.Checks.Select(check => check.Wanted), Has.None.Empty);
    });

    [Test]
    public void Generated_page_lists_every_check()
    {
        var text = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, Page));
        var (start, end) = (text.IndexOf(Start, StringComparison.Ordinal) + Start.Length, text.IndexOf(End, StringComparison.Ordinal));
        Assert.That(end, Is.GreaterThan(start), $"{Page} has the two comments that the table goes between");
        var table = string.Concat(Doctor.Checks.GroupBy(check => check.Subject).Select(subject =>
            $"\n### {subject.Key}\n\n| check | wanted | why |\n|---|---|---|\n" + string.Concat(subject.Select(check => $"| `{check.Name}` | {check.Wanted} | {check.Why} |\n"))));
        Baseline.Check(Page, text[..start] + table + "\n" + text[end..]);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_script_is_one_that_a_shell_reads_and_has_each_command_once(CancellationToken timeout)
    {
        var results = new RecordedHost { Scope = new DoctorScope { ProcessId = 7, Interface = "it's", Cameras = new CameraLoad(1, 1 << 28, 30) } }
            .With("/proc/sys/vm/overcommit_memory", "2").With("/sys/class/net/it's/mtu", "1500").With("/proc/sys/kernel/core_pattern", "core\nreboot")
            .With("/proc/7/limits", "Max core file size        0                    0                    bytes     \n").AskAll();
        var script = FixScript.Of(results);
        var read = await SupervisedProcess.RunAsync(new("/bin/sh", ["-n", "-c", script]), null, timeout);
        var commands = script.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        Assert.Multiple(() =>
        {
            Assert.That(read.Exit.ExitCode, Is.Zero, read.StandardError);
            Assert.That(commands, Is.Unique);
            Assert.That(commands, Has.One.EqualTo("sysctl -w vm.overcommit_memory=0").And.One.EqualTo("ip link set dev 'it'\\''s' mtu 9000").And.None.Contains("reboot"));
        });
    }

    [Test, CancelAfter(60_000)]
    public async Task The_command_looks_at_this_host_and_changes_nothing(CancellationToken timeout)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await HardenProgram.RunAsync(["doctor", "--json", "--for", "0", "--pid", $"{Environment.ProcessId}", "--check", "kernel", "thread-count", "gc-mode", "zombies"], output, error, TimeProvider.System).WaitAsync(timeout);
        using var json = JsonDocument.Parse(output.ToString());
        var checks = json.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("check").GetString()!);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(ExitCodes.Clean).Or.EqualTo(ExitCodes.Found));
            Assert.That(error.ToString(), Is.Empty);
            Assert.That(checks.Keys, Is.EquivalentTo(new[] { "kernel", "thread-count", "gc-mode", "zombies" }));
            Assert.That(checks["kernel"].GetProperty("verdict").GetString(), Is.EqualTo("passed"));
            Assert.That(checks["gc-mode"].GetProperty("found").GetString(), Does.StartWith("workstation").Or.StartWith("server"));
        });
    }

    [TestCase("--check", "no-such-check", "there is no check 'no-such-check'")]
    [TestCase("--pid", "99999999", "there is no process 99999999")]
    [TestCase("--pid", "0", "there is no process 0")]
    [TestCase("--interface", "no/such", "there is no network interface 'no/such'")]
    [TestCase("--for", "-1", "--for takes 0 to 60 seconds")]
    [TestCase("--for", "NaN", "--for takes 0 to 60 seconds")]
    [TestCase("--cameras", "4", "--payload BYTES")]
    public async Task Wrong_use_is_told_in_one_line(string option, string value, string message)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await HardenProgram.RunAsync(["doctor", option, value], output, error, TimeProvider.System);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(ExitCodes.WrongUse));
            Assert.That(error.ToString().TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
        });
    }

    private sealed class SameFiles(string text) : IHostFiles
    {
        public HostFile Read(string path) => HostFile.Of(text);

        public IReadOnlyList<string> List(string path) => ["1", "eth0", "device", "cpu0"];

        public string? LinkTarget(string path) => text;

        public bool CanWrite(string path) => true;

        public (long Bytes, long FreeBytes)? Space(string path) => (0, 0);

        public HostFile Output(string command) => HostFile.Of(text);
    }
}
