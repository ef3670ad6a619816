using Hardening.Stalls;
using static Hardening.Witness.Tests.VictimProcess;

namespace Hardening.Witness.Tests;

/// <summary>What a witness does that may not look. Only root can take rights away.</summary>
[CancelAfter(120_000)]
public sealed class PermissionTests
{
    private static readonly string[] WithoutCapabilities = ["setpriv", "--bounding-set=-all"];
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    // A filter by seccomp(2): ptrace fails, as in a container whose profile forbids it.
    private static readonly string[] WithoutPtrace =
    [
        "python3", "-c",
        """
        import ctypes, os, platform, struct, sys
        LOAD_NUMBER, IF_EQUAL, RETURN, EPERM, ALLOW = 0x20, 0x15, 0x06, 0x00050001, 0x7fff0000
        ptrace = {'x86_64': 101, 'aarch64': 117}[platform.machine()]
        lines = [(LOAD_NUMBER, 0, 0, 0), (IF_EQUAL, 0, 1, ptrace), (RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
        code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in lines))
        program = ctypes.create_string_buffer(struct.pack('HP', len(lines), ctypes.addressof(code)))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
            sys.exit(os.strerror(ctypes.get_errno()))
        os.execvp(sys.argv[1], sys.argv[1:])
        """,
    ];

    [SetUp]
    public void Require()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Ignore("Rights are taken away with setpriv of util-linux, by root.");
        }
    }

    [Test]
    public async Task Without_the_right_to_trace_it_says_why_and_asks_the_sample_profiler(CancellationToken timeout)
    {
        using var victim = Start("convoy", count: 3, new(WithoutCapabilities));
        var capture = (await victim.CaptureAsync(timeout, limit: 60_000)).Capture;
        Assert.Multiple(() =>
        {
            Assert.That(capture.Source, Is.EqualTo("sample profiler"));
            Assert.That(capture.Missing, Does.Contain("ptrace").And.Contain("SYS_PTRACE"));
            Assert.That(ThreadsIn(capture, "HoldMonitor"), Is.EqualTo(1));
            Assert.That(ThreadsIn(capture, "AwaitMonitor"), Is.Positive);
            Assert.That(victim.Log, Does.Contain("2102 "));
        });
    }

    [Test]
    public async Task Without_the_sample_profiler_it_says_why_alone(CancellationToken timeout)
    {
        using var victim = Start("idle", count: 0, new(WithoutCapabilities, UseSampleProfiler: false));
        var capture = (await victim.CaptureAsync(timeout)).Capture;
        Assert.That(capture.Threads, Is.Empty);
        Assert.That(capture.Missing, Does.Contain("the application has capabilities that the witness has not"));
    }

    [Test]
    public async Task Another_user_s_witness_says_that_it_is_one(CancellationToken timeout)
    {
        using var victim = Start("idle", count: 0, new(AsNobody));
        var capture = (await victim.CaptureAsync(timeout, limit: 60_000)).Capture;
        Assert.That(capture.Threads, Is.Empty);
        Assert.That(capture.Missing, Does.Contain("the witness runs as user 65534, the application as user 0").And.Contain("sample profiler cannot be asked"));
    }

    [Test]
    public async Task A_seccomp_filter_is_named(CancellationToken timeout)
    {
        using var victim = Start("convoy", count: 3, new(WithoutPtrace));
        var capture = (await victim.CaptureAsync(timeout, limit: 60_000)).Capture;
        Assert.That(capture.Source, Is.EqualTo("sample profiler"));
        Assert.That(capture.Missing, Does.Contain("a seccomp filter is on").And.Contain("permit ptrace and process_vm_readv"));
        Assert.That(ThreadsIn(capture, "HoldMonitor"), Is.EqualTo(1));
    }

    // The profiler tells where a call returns to, which in optimised code may be the next statement.
    private static int ThreadsIn(ThreadStackCapture capture, string method) => capture.Threads.Count(thread => thread.Frames.Any(frame => frame.Method.EndsWith($".Faults.{method}", StringComparison.Ordinal)));
}
