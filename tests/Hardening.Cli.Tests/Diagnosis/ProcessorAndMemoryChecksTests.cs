using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Tests.Diagnosis;

public sealed class ProcessorAndMemoryChecksTests
{
    private const string Cpu = "/sys/devices/system/cpu/";
    private const string Groups = "0::/app.slice/inspection.service\n";
    private const string Mounts = "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n22 27 0:21 / /proc rw - proc proc rw\n";
    private const string Own = "/sys/fs/cgroup/app.slice/inspection.service/";

    [TestCase("performance", "performance", Verdict.Passed)]
    [TestCase("powersave", "performance", Verdict.Warned)]
    public void A_processor_that_slows_down_is_told(string first, string second, Verdict verdict) =>
        Answers.One(new RecordedHost().With(Cpu + "cpu0/cpufreq/scaling_governor", first).With(Cpu + "cpu1/cpufreq/scaling_governor", second).Ask("governor"), verdict);

    [Test]
    public void A_host_without_frequencies_is_not_known() => Answers.One(new RecordedHost().Ask("governor"), Verdict.Unknown, "virtual machine");

    [TestCase("cpu 1000 0 0 9000 0 0 0 0 0 0", "cpu 1100 0 0 9900 0 0 0 0 0 0", Verdict.Passed)]
    [TestCase("cpu 1000 0 0 9000 0 0 0 0 0 0", "cpu 1100 0 0 9850 0 0 0 50 0 0", Verdict.Warned)]
    [TestCase("cpu 1000 0 0 9000 0 0 0 0 0 0", "cpu 1100 0 0 9700 0 0 0 200 0 0", Verdict.Failed)]
    public void Stolen_time_is_told(string before, string now, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/stat", now).Earlier("/proc/stat", before).Ask("cpu-steal"), verdict);

    [TestCase("tsc", "tsc hpet", Verdict.Passed)]
    [TestCase("hpet", "tsc hpet", Verdict.Warned)]
    [TestCase("acpi_pm", "acpi_pm", Verdict.Warned)]
    public void A_slow_clock_is_told(string current, string available, Verdict verdict)
    {
        const string Folder = "/sys/devices/system/clocksource/clocksource0/";
        Answers.One(new RecordedHost().With(Folder + "current_clocksource", current).With(Folder + "available_clocksource", available).Ask("clock-source"), verdict);
    }

    [TestCase("max 100000", Verdict.Passed, "none")]
    [TestCase("50000 100000", Verdict.Failed, "0.5 of 2")]
    [TestCase("150000 100000", Verdict.Warned, "1.5 of 2")]
    [TestCase("200000 100000", Verdict.Passed, "2 processors")]
    public void A_quota_is_told(string max, Verdict verdict, string found) => Answers.One(Unified().With(Own + "cpu.max", max).Ask("cpu-quota"), verdict, found);

    [Test]
    public void The_quota_of_a_group_above_counts_too() =>
        Answers.One(Unified().With(Own + "cpu.max", "max 100000").With("/sys/fs/cgroup/app.slice/cpu.max", "25000 100000").Ask("cpu-quota"), Verdict.Failed, "0.25");

    [Test]
    public void A_quota_of_version_1_is_read() =>
        Answers.One(new RecordedHost().With("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000").With("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000").Ask("cpu-quota"), Verdict.Failed, "0.5");

    [TestCase(0, 0, Verdict.Passed)]
    [TestCase(9, 9, Verdict.Warned)]
    [TestCase(9, 12, Verdict.Failed)]
    public void Throttled_periods_are_told(int before, int now, Verdict verdict) => Answers.One(
        Unified().With(Own + "cpu.stat", $"usage_usec 1\nnr_periods 100\nnr_throttled {now}\n").Earlier(Own + "cpu.stat", $"nr_throttled {before}\n").Ask("cpu-throttling"), verdict);

    [Test]
    public void The_topmost_group_is_throttled_by_nobody() => Answers.One(new RecordedHost().Ask("cpu-throttling"), Verdict.Passed);

    [TestCase("always [madvise] never", Verdict.Passed)]
    [TestCase("[always] madvise never", Verdict.Warned)]
    [TestCase("nonsense", Verdict.Unknown)]
    public void Huge_pages_for_all_are_told(string choice, Verdict verdict)
    {
        Answers.One(new RecordedHost().With("/sys/kernel/mm/transparent_hugepage/enabled", choice).Ask("transparent-huge-pages"), verdict);
        Answers.One(new RecordedHost().With("/sys/kernel/mm/transparent_hugepage/defrag", choice).Ask("huge-page-defrag"), verdict);
    }

    [TestCase(0, 60, Verdict.Passed)]
    [TestCase(2_000_000, 10, Verdict.Passed)]
    [TestCase(2_000_000, 60, Verdict.Warned)]
    public void Swap_that_is_used_early_is_told(int total, int swappiness, Verdict verdict) => Answers.One(
        new RecordedHost().With("/proc/meminfo", $"MemTotal: 8 kB\nSwapTotal: {total} kB\nSwapFree: {total} kB\n").With("/proc/sys/vm/swappiness", $"{swappiness}\n").Ask("swap"), verdict);

    [TestCase("0", Verdict.Passed)]
    [TestCase("1", Verdict.Passed)]
    [TestCase("2", Verdict.Failed)]
    public void Counted_address_space_is_told(string mode, Verdict verdict) => Answers.One(new RecordedHost().With("/proc/sys/vm/overcommit_memory", mode).Ask("overcommit"), verdict);

    [TestCase(500_000, Verdict.Passed)]
    [TestCase(50_000, Verdict.Warned)]
    public void Little_memory_is_told(int available, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/meminfo", $"MemTotal:        1000000 kB\nMemAvailable:    {available} kB\n").Ask("memory-available"), verdict);

    [TestCase("max", 0, Verdict.Passed, "none")]
    [TestCase("1073741824", 100 << 20, Verdict.Passed, "100 MiB of 1 GiB")]
    [TestCase("1073741824", 900 << 20, Verdict.Warned, "87.9 %")]
    [TestCase("1073741824", 1020 << 20, Verdict.Failed, "99.6 %")]
    public void A_group_near_its_memory_limit_is_told(string max, int used, Verdict verdict, string found) =>
        Answers.One(Unified().With(Own + "memory.max", max).With(Own + "memory.current", $"{used}").Ask("memory-limit"), verdict, found);

    [Test]
    public void Pages_of_files_that_can_be_given_back_do_not_count() => Answers.One(
        Unified().With(Own + "memory.max", "1000").With(Own + "memory.current", "990").With(Own + "memory.stat", "anon 190\ninactive_file 800\n").Ask("memory-limit"), Verdict.Passed);

    [TestCase("low 0\noom 0\noom_kill 0\n", Verdict.Passed)]
    [TestCase("low 0\noom 4\noom_kill 3\n", Verdict.Warned)]
    [TestCase("low 0\n", Verdict.Unknown)]
    public void Killed_processes_are_told(string events, Verdict verdict) => Answers.One(Unified().With(Own + "memory.events", events).Ask("memory-kills"), verdict);

    [TestCase(64L << 20, Verdict.Warned)]
    [TestCase(1L << 30, Verdict.Passed)]
    public void Little_shared_memory_is_told(long bytes, Verdict verdict) => Answers.One(new RecordedHost().HasSpace("/dev/shm", bytes, bytes).Ask("shared-memory"), verdict);

    [TestCase(10L << 30, Verdict.Passed)]
    [TestCase(500L << 20, Verdict.Warned)]
    [TestCase(50L << 20, Verdict.Failed)]
    public void Little_temporary_space_is_told(long free, Verdict verdict) => Answers.One(new RecordedHost().HasSpace("/tmp", 20L << 30, free).Ask("temporary-space"), verdict);

    private static RecordedHost Unified() => new RecordedHost().With("/proc/self/cgroup", Groups).With("/proc/self/mountinfo", Mounts);
}
