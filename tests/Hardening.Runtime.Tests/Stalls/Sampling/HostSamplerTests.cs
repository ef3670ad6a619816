using System.Globalization;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HostSamplerTests : IDisposable
{
    private readonly RecordedProc _proc = new();

    public void Dispose() => _proc.Dispose();

    [TestCase(3)]
    [TestCase(200_000)]
    public void Gives_growths_and_states_whatever_the_length_of_the_file(int interruptBytes)
    {
        WriteStat(100, interruptBytes, runnable: 3, blocked: 1);
        WritePressure(1000);
        using var sampler = new HostSampler(RecordedProc.Process, _proc.Root);
        var first = Take(sampler);
        Assert.That((first.UserTicks, first.Runnable, first.Blocked, first.ContextSwitches, first.Forks, first.ProcessorPressure, first.Suspended), Is.EqualTo((0L, 3, 1, 0L, 0L, 0L, 0L)));
        WriteStat(107, interruptBytes, runnable: 54, blocked: 2);
        WritePressure(1500);
        var host = Take(sampler);
        Assert.That((host.UserTicks, host.SystemTicks, host.IdleTicks, host.IoWaitTicks, host.StealTicks), Is.EqualTo((14L, 21L, 7L, 7L, 7L)));
        Assert.That((host.Runnable, host.Blocked, host.ContextSwitches, host.Forks), Is.EqualTo((54, 2, 7L, 7L)));
        Assert.That((host.ProcessorPressure, host.MemoryPressure, host.IoPressure), Is.EqualTo((500L, 500L, 500L)));
    }

    [Test]
    public void A_machine_without_any_of_it_is_read_all_the_same_and_what_it_lacks_is_named()
    {
        using var sampler = new HostSampler(RecordedProc.Process, _proc.Root);
        sampler.Prepare();
        Take(sampler);
        var host = Take(sampler);
        Assert.That(host with { Suspended = 0 }, Is.EqualTo(default(HostSample)));
        Assert.That(sampler.Missing, Has.Count.EqualTo(5).And.Some.Contains("/stat").And.Some.Contains("pressure/cpu").And.Some.Contains("pressure/memory").And.Some.Contains("pressure/io").And.Some.Contains("control group"));
    }

    [TestCase("0::/a/b\n", "cgroup2 cgroup2 rw", "a/b", "nr_throttled 1\nthrottled_usec {0}\n", 1000)]
    [TestCase("0::/a/b\n", "cgroup2 cgroup2 rw", "a", "nr_throttled 1\nthrottled_usec {0}\n", 1000)]
    [TestCase("7:pids:/x\n4:cpu,cpuacct:/a/b\n", "cgroup cgroup rw,cpu,cpuacct", "a/b", "nr_throttled 1\nthrottled_time {0}\n", 1)]
    public void Tells_how_long_the_group_or_one_around_it_was_held_back(string groups, string mount, string throttled, string text, int unit)
    {
        var point = Path.Combine(_proc.Root, "cg");
        _proc.Write($"{RecordedProc.Process}/cgroup", groups);
        _proc.Write("self/mountinfo", $"1 2 0:3 / /proc rw - proc proc rw\n31 23 0:28 / {point} rw,relatime - {mount}\n");
        _proc.Write("cg/a/b/cpu.stat", "usage_usec 5\n");
        _proc.Write($"cg/{throttled}/cpu.stat", string.Format(CultureInfo.InvariantCulture, text, 1_000_000));
        using var sampler = new HostSampler(RecordedProc.Process, _proc.Root);
        sampler.Prepare();
        Assert.That(Take(sampler).Throttled, Is.Zero);
        _proc.Write($"cg/{throttled}/cpu.stat", string.Format(CultureInfo.InvariantCulture, text, 1_002_500));
        Assert.That(Take(sampler).Throttled, Is.EqualTo(2500 * unit));
        Assert.That(sampler.Missing, Has.None.Contains("control group"));
    }

    [Test]
    public void Follows_a_process_that_is_moved_to_another_group()
    {
        var point = Path.Combine(_proc.Root, "cg");
        _proc.Write($"{RecordedProc.Process}/cgroup", "0::/\n");
        _proc.Write("self/mountinfo", $"31 23 0:28 / {point} rw,relatime - cgroup2 cgroup2 rw\n");
        _proc.Write("cg/moved/cpu.stat", "throttled_usec 5\n");
        using var sampler = new HostSampler(RecordedProc.Process, _proc.Root);
        sampler.Prepare();
        Take(sampler);
        _proc.Write($"{RecordedProc.Process}/cgroup", "0::/moved\n");
        for (var turn = 0; turn < 30; turn++)
        {
            sampler.Prepare();
        }

        Take(sampler);
        _proc.Write("cg/moved/cpu.stat", "throttled_usec 8\n");
        Assert.That(Take(sampler).Throttled, Is.EqualTo(3000));
    }

    [TestCase("0::/\n", "/", "", TestName = "A namespace of its own, or no group")]
    [TestCase("0::/docker/abc\n", "/docker/abc", "", TestName = "What is mounted is the group itself")]
    [TestCase("0::/docker/abc/inner\n", "/docker/abc", "/inner,", TestName = "A group below what is mounted")]
    [TestCase("0::/../other\n", "/", "", TestName = "A group outside of the namespace")]
    [TestCase("0::/docker/abc\n", "/elsewhere", "", TestName = "Another part is mounted")]
    [TestCase("0::/a/b:c/d\n", "/", "/a/b:c/d,/a/b:c,/a,", TestName = "All groups up to the root, colons and all")]
    public void Finds_the_groups(string groups, string root, string below)
    {
        var found = ControlGroups.Find(groups, $"31 23 0:28 {root} /sys/fs/my\\040groups rw shared:1 - cgroup2 none rw,nsdelegate\n");
        Assert.That(found, Is.EqualTo(below.Split(',').Select(path => $"/sys/fs/my groups{path}")));
    }

    [Test]
    public void No_mounted_groups_are_none() => Assert.That(ControlGroups.Find("0::/\n1:cpu:/\n", "31 23 0:28 / /x rw - cgroup cgroup rw,memory\n"), Is.Null);

    [Test]
    public void This_machine_is_read()
    {
        using var sampler = new HostSampler();
        Assert.That(Take(sampler).Runnable, Is.Positive);
    }

    private static HostSample Take(HostSampler sampler)
    {
        HostSample host = default;
        sampler.Read(ref host);
        return host;
    }

    private void WriteStat(int number, int interruptBytes, int runnable, int blocked) => _proc.Write(
        "stat",
        string.Create(
            CultureInfo.InvariantCulture,
            $"cpu  {number} {number} {number} {number} {number} {number} {number} {number} 1 2\ncpu0 1 2 3\nintr {new string('7', interruptBytes)}\nctxt {number}\nbtime 12\nprocesses {number}\nprocs_running {runnable}\nprocs_blocked {blocked}\nsoftirq 1 2\n"));

    private void WritePressure(int total)
    {
        foreach (var file in (string[])["cpu", "memory", "io"])
        {
            _proc.Write($"pressure/{file}", string.Create(CultureInfo.InvariantCulture, $"some avg10=0.00 avg60=0.00 avg300=0.00 total={total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=99\n"));
        }
    }
}
