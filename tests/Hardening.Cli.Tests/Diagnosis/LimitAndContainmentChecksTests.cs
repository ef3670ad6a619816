using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Tests.Diagnosis;

public sealed class LimitAndContainmentChecksTests
{
    private const string Unprivileged = "Name:\tdotnet\nCapEff:\t0000000000000000\nSeccomp:\t0\n";
    private const string Mounts = "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n22 27 0:21 / /proc rw,relatime - proc proc rw{0}\n";

    [TestCase("1024", "1048576", Verdict.Passed)]
    [TestCase("1024", "8192", Verdict.Warned)]
    [TestCase("1024", "1024", Verdict.Failed)]
    [TestCase("1024", "unlimited", Verdict.Passed)]
    public void Few_open_files_are_told(string soft, string hard, Verdict verdict) => Answers.One(Limited("Max open files", soft, hard).Ask("open-files"), verdict);

    [Test]
    public void Files_that_run_out_are_told()
    {
        var host = new RecordedHost { Scope = new DoctorScope { ProcessId = 7 } };
        host.With("/proc/7/limits", Limits("Max open files", "100", "65536"));
        for (var descriptor = 0; descriptor < 90; descriptor++)
        {
            host.With($"/proc/7/fd/{descriptor}", "");
        }

        Assert.That(Answers.One(host.Ask("open-files"), Verdict.Failed, "90 open").Remedy!.Now, Is.EqualTo("prlimit --pid 7 --nofile=65536"));
    }

    [TestCase("1024", Verdict.Warned)]
    [TestCase("96365", Verdict.Passed)]
    public void Few_threads_of_a_user_are_told(string soft, Verdict verdict) => Answers.One(Limited("Max processes", soft, "unlimited").Ask("user-processes"), verdict);

    [TestCase("0", Verdict.Warned)]
    [TestCase("20", Verdict.Passed)]
    public void Missing_priority_is_told(string soft, Verdict verdict) =>
        Answers.One(Limited("Max realtime priority", soft, "20").With("/proc/self/status", Unprivileged).Ask("realtime-priority"), verdict);

    [TestCase("0", "core", Verdict.Warned)]
    [TestCase("0", "|/usr/lib/systemd/systemd-coredump %P", Verdict.Passed)]
    [TestCase("unlimited", "core", Verdict.Passed)]
    public void Missing_cores_are_told(string soft, string pattern, Verdict verdict) =>
        Answers.One(Limited("Max core file size", soft, "unlimited").With("/proc/sys/kernel/core_pattern", pattern).Ask("core-dumps"), verdict);

    [TestCase("32768", Verdict.Warned)]
    [TestCase("4194304", Verdict.Passed)]
    public void Few_process_ids_are_told(string most, Verdict verdict) => Answers.One(new RecordedHost().With("/proc/sys/kernel/pid_max", most).Ask("process-ids"), verdict);

    [TestCase("16000", "2/500", Verdict.Warned)]
    [TestCase("192730", "2/500", Verdict.Passed)]
    [TestCase("192730", "2/29000", Verdict.Failed)] // pid_max of the host is 32,768
    public void Threads_that_run_out_are_told(string most, string running, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/sys/kernel/threads-max", most).With("/proc/loadavg", $"0.1 0.2 0.3 {running} 4711\n").Ask("threads"), verdict);

    [TestCase("max", "5", Verdict.Passed)]
    [TestCase("4096", "5", Verdict.Passed)]
    [TestCase("512", "5", Verdict.Warned)]
    [TestCase("4096", "4000", Verdict.Failed)]
    public void A_group_whose_processes_run_out_is_told(string most, string now, Verdict verdict) => Answers.One(
        Unified("").With("/sys/fs/cgroup/a/pids.max", most).With("/sys/fs/cgroup/a/pids.current", now).Ask("group-processes"), verdict);

    [TestCase("6.18.44-fc", Verdict.Passed)]
    [TestCase("5.10.0-28-amd64", Verdict.Warned)]
    [TestCase("4.19.0", Verdict.Failed)]
    [TestCase("odd", Verdict.Unknown)]
    public void An_old_kernel_is_told(string release, Verdict verdict) => Answers.One(new RecordedHost().With("/proc/sys/kernel/osrelease", release).Ask("kernel"), verdict);

    [Test]
    public void The_version_of_control_groups_is_told()
    {
        Answers.One(new RecordedHost().Ask("control-groups"), Verdict.Passed, "beside version 1");
        Answers.One(Unified("").Ask("control-groups"), Verdict.Passed, "version 2");
        Answers.One(new RecordedHost().With("/proc/self/cgroup", "4:memory:/\n").Ask("control-groups"), Verdict.Warned);
    }

    [Test]
    public void Groups_that_cannot_be_made_are_told()
    {
        Answers.One(Unified("").Ask("control-group-delegation"), Verdict.Warned, "/sys/fs/cgroup/a/cgroup.procs");
        Answers.One(Unified("").LetsWrite("/sys/fs/cgroup/a/cgroup.procs").Ask("control-group-delegation"), Verdict.Passed);
        Answers.One(new RecordedHost().With("/proc/self/cgroup", "4:memory:/\n").Ask("control-group-delegation"), Verdict.Unknown);
    }

    [TestCase("/proc/sys/user/max_user_namespaces", "0")]
    [TestCase("/proc/sys/kernel/unprivileged_userns_clone", "0")]
    [TestCase("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")]
    public void Forbidden_namespaces_are_told_with_the_setting_that_forbids_them(string file, string value)
    {
        var host = new RecordedHost().With("/proc/self/status", Unprivileged);
        Answers.One(host.Ask("pid-namespaces"), Verdict.Passed);
        var key = file["/proc/sys/".Length..].Replace('/', '.');
        Assert.That(Answers.One(host.With(file, value).Ask("pid-namespaces"), Verdict.Warned, key).Remedy!.Now, Does.StartWith($"sysctl -w {key}="));
    }

    [TestCase("init", 0, Verdict.Passed)]
    [TestCase("dotnet", 0, Verdict.Warned)]
    [TestCase("dotnet", 3, Verdict.Warned)]
    [TestCase("dotnet", 101, Verdict.Failed)]
    public void Children_that_nobody_takes_note_of_are_told(string first, int zombies, Verdict verdict)
    {
        var host = new RecordedHost().With("/proc/1/comm", first).With("/proc/900/stat", "900 (live) S 1 900");
        for (var id = 1000; id < 1000 + zombies; id++)
        {
            host.With($"/proc/{id}/stat", $"{id} (odd ) Z 2 name) Z 1 {id} 0");
        }

        Answers.One(host.Ask("zombies"), verdict, first);
    }

    [TestCase(null, Verdict.Passed)]
    [TestCase("0", Verdict.Passed)]
    [TestCase("1", Verdict.Passed)]
    [TestCase("2", Verdict.Warned)]
    [TestCase("3", Verdict.Warned)]
    public void Restricted_tracing_is_told(string? scope, Verdict verdict)
    {
        var host = new RecordedHost().With("/proc/self/status", Unprivileged);
        Answers.One((scope is null ? host : host.With("/proc/sys/kernel/yama/ptrace_scope", scope)).Ask("ptrace-scope"), verdict);
    }

    [TestCase("2", Verdict.Passed)]
    [TestCase("3", Verdict.Warned)]
    public void Forbidden_perf_events_are_told(string level, Verdict verdict) =>
        Answers.One(new RecordedHost().With("/proc/self/status", Unprivileged).With("/proc/sys/kernel/perf_event_paranoid", level).Ask("perf-events"), verdict);

    [Test]
    public void Missing_pressure_is_told()
    {
        Answers.One(new RecordedHost().Ask("pressure"), Verdict.Passed);
        Answers.One(new RecordedHost().Without("/proc/pressure/io").Ask("pressure"), Verdict.Warned, "not for io");
    }

    [TestCase("1200 300 4", Verdict.Passed)]
    [TestCase("0 0 0", Verdict.Warned)]
    public void Statistics_that_do_not_count_are_told(string text, Verdict verdict) => Answers.One(new RecordedHost().With("/proc/self/schedstat", text).Ask("scheduler-statistics"), verdict);

    [TestCase("", Verdict.Passed)]
    [TestCase(",hidepid=0", Verdict.Passed)]
    [TestCase(",hidepid=invisible", Verdict.Warned)]
    public void Hidden_processes_are_told(string option, Verdict verdict) => Answers.One(Unified(option).Ask("process-visibility"), verdict);

    private static RecordedHost Unified(string option) =>
        new RecordedHost().With("/proc/self/cgroup", "0::/a\n").With("/proc/self/mountinfo", Mounts.Replace("{0}", option, StringComparison.Ordinal));

    private static RecordedHost Limited(string name, string soft, string hard) => new RecordedHost().With("/proc/self/limits", Limits(name, soft, hard));

    private static string Limits(string name, string soft, string hard) =>
        $"{"Limit",-25} {"Soft Limit",-20} {"Hard Limit",-20} {"Units",-10}\n{name,-25} {soft,-20} {hard,-20} {"files",-10}\n";
}
