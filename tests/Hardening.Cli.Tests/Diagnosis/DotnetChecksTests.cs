using Hardening.Cli.Diagnosis;

namespace Hardening.Cli.Tests.Diagnosis;

public sealed class DotnetChecksTests
{
    private const string Coreclr = "7f00-7f01 r-xp 00000000 08:01 1 /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so\n";
    private const string OpenCv = "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/libopencv_core.so.406\n";

    [TestCase(0, "", Verdict.Passed, "workstation")]
    [TestCase(2, "DOTNET_gcServer=1", Verdict.Passed, "server, 2 heaps")]
    [TestCase(4, "COMPlus_GCHeapCount=4", Verdict.Failed, "4 heaps for 2 processors, DOTNET_GCHeapCount=4")]
    public void Heaps_that_outnumber_the_processors_are_told(int heaps, string environment, Verdict verdict, string found) =>
        Answers.One(Process(environment, Coreclr, (heaps, ".NET Server GC"), (3, "app")).Ask("gc-mode"), verdict, found);

    [Test]
    public void A_quota_bounds_the_heaps_too()
    {
        var host = Process("", Coreclr, (2, ".NET Server GC"))
            .With("/proc/7/cgroup", "0::/a\n").With("/proc/self/mountinfo", "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n").With("/sys/fs/cgroup/a/cpu.max", "100000 100000");
        Assert.That(Answers.One(host.Ask("gc-mode"), Verdict.Failed, "2 heaps for 1 processors").Remedy!.Now, Does.Contain("DOTNET_GCHeapCount=1"));
    }

    [TestCase("", Verdict.Passed)]
    [TestCase("DOTNET_PROCESSOR_COUNT=2", Verdict.Passed)]
    [TestCase("DOTNET_PROCESSOR_COUNT=10", Verdict.Warned)] // hexadecimal, as .NET reads it
    public void A_count_of_processors_that_is_too_large_is_told(string environment, Verdict verdict) =>
        Answers.One(Process(environment, Coreclr).Ask("processor-count"), verdict, environment.EndsWith("10", StringComparison.Ordinal) ? "16" : "");

    [Test]
    public void A_process_that_cannot_be_looked_into_is_told()
    {
        Answers.One(Process("", Coreclr).With("/proc/7/root/tmp/dotnet-diagnostic-7-123-socket", "").Ask("diagnostics"), Verdict.Passed);
        Answers.One(Process("", Coreclr).Ask("diagnostics"), Verdict.Warned, "no socket in /tmp");
        Answers.One(Process("DOTNET_EnableDiagnostics=0", Coreclr).Ask("diagnostics"), Verdict.Warned, "DOTNET_EnableDiagnostics=0");
        Answers.One(Process("TMPDIR=/var/run/app/", Coreclr).With("/proc/7/root/var/run/app/dotnet-diagnostic-7-123-socket", "").Ask("diagnostics"), Verdict.Passed);
    }

    [TestCase(Coreclr, 90, "", Verdict.Passed)]
    [TestCase(Coreclr + OpenCv, 6, "", Verdict.Passed)]
    [TestCase(Coreclr + OpenCv, 20, "", Verdict.Warned)]
    [TestCase(OpenCv, 90, "", Verdict.Failed)]
    [TestCase(OpenCv, 90, "OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER=0", Verdict.Passed)]
    public void Threads_of_OpenCV_that_outnumber_the_processors_are_told(string maps, int threads, string environment, Verdict verdict) =>
        Answers.One(Process(environment, maps, (threads, "worker")).Ask("opencv-threads"), verdict);

    [TestCase(60, Verdict.Passed)]
    [TestCase(300, Verdict.Warned)]
    public void Many_threads_are_told_with_their_names(int threads, Verdict verdict) =>
        Answers.One(Process("", Coreclr, (threads, "per frame")).Ask("thread-count"), verdict, verdict == Verdict.Warned ? $"{threads} 'per frame'" : "");

    [TestCase("gc-mode")]
    [TestCase("processor-count")]
    [TestCase("diagnostics")]
    public void A_program_that_is_not_of_DOTNET_is_not_known(string check) => Answers.One(Process("", OpenCv).Ask(check), Verdict.Unknown, "not one of .NET");

    [TestCase("gc-mode")]
    [TestCase("opencv-threads")]
    [TestCase("thread-count")]
    public void Without_a_process_nothing_is_known(string check) => Answers.One(new RecordedHost().Ask(check), Verdict.Unknown, "--pid");

    private static RecordedHost Process(string environment, string maps, params (int Count, string Name)[] threads)
    {
        var host = new RecordedHost { Scope = new DoctorScope { ProcessId = 7 } };
        host.With("/proc/7/environ", environment + "\0").With("/proc/7/maps", maps).With("/proc/7/status", "NSpid:\t7\nCpus_allowed_list:\t0-1\n").With("/proc/7/cgroup", "0::/\n");
        foreach (var (name, index) in threads.SelectMany(kind => Enumerable.Repeat(kind.Name, kind.Count)).Select((name, index) => (name, index)))
        {
            host.With($"/proc/7/task/{100 + index}/comm", name + "\n");
        }

        return host;
    }
}
