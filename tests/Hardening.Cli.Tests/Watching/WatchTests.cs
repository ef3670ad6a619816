using System.Diagnostics;
using System.Globalization;
using Hardening.Cli.Watching;
using Hardening.Processes;
using Hardening.Stalls;
using Hardening.Testing;

namespace Hardening.Cli.Tests.Watching;

/// <summary>Real processes, watched for a short time. Others may use the machine, and what they take is told as well.</summary>
[CancelAfter(120_000)]
public sealed class WatchTests
{
    [SetUp]
    public void Require()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Processes are watched on Linux only.");
        }
    }

    [TestCase("python2.7")]
    [TestCase("python3")]
    public async Task Threads_of_Python_that_compute_take_turns_at_the_interpreter_lock(string python, CancellationToken stop)
    {
        using var watched = Watched.Start(PythonInterpreters.Require(python), Path.Combine(AppContext.BaseDirectory, "Watching", "threads.py"), "40");
        await watched.RunsAsync(41, stop);
        var (code, result, error) = await watched.WatchAsync("2500ms", stop);
        Assert.That(code, Is.EqualTo(ExitCodes.Found), error);
        var state = result!.States.SingleOrDefault(state => state.Kind == PathologyKind.LockThrash);
        Assert.That(state, Is.Not.Null, () => Told(result));
        Assert.That(state!.Headline, Does.Match(@"^\d+ threads of python\S* take turns at one lock \(the interpreter lock\): together they used [\d.]+ of \d+ processors?, \d+ % of it in the kernel$"), () => Told(result));
    }

    [Test]
    public async Task A_native_lock_convoy_is_told_and_written_so_that_it_can_be_read_back(CancellationToken stop)
    {
        using var folder = new Folder();
        using var watched = Watched.Native("convoy", 12);
        await watched.RunsAsync(13, stop);
        var (code, result, error) = await watched.WatchAsync("2s", stop, "--report", folder.Path);
        Assert.That(code, Is.EqualTo(ExitCodes.Found), error);
        var state = result!.States.SingleOrDefault(state => state.Kind == PathologyKind.LockThrash);
        Assert.That(state, Is.Not.Null, () => Told(result));
        var report = StallReportFile.Read(Path.Combine(folder.Path, state!.Report + StallReportFile.Extension));
        Assert.Multiple(() =>
        {
            Assert.That(state.Headline, Does.Contain("12 threads of target take turns at one lock (a native lock)"));
            Assert.That(result.Reports, Has.Member(report.Path));
            Assert.That((report.Report.Headline, report.Report.Verdict.Cause, report.Report.Subject.ProcessId), Is.EqualTo((state.Headline, StallCause.NativeLockContention, watched.Id)));
            Assert.That(report.Report.Locks.Select(held => held.Kind), Has.Member("futex"));
            Assert.That(File.ReadAllText(Path.ChangeExtension(report.Path, ".md")), Does.StartWith("# 12 threads of target"));
        });
    }

    [Test]
    public async Task Threads_at_a_lock_that_is_never_let_go_stall_and_its_owner_is_named(CancellationToken stop)
    {
        using var watched = Watched.Native("held", 3);
        await watched.RunsAsync(5, stop);
        var (code, result, error) = await watched.WatchAsync("2s", stop, "--stall-after", "500ms");
        Assert.That(code, Is.EqualTo(ExitCodes.Found), error);
        var stall = result!.Stalls.Single(stall => stall.Cause == StallCause.NativeLockContention);
        Assert.That(stall.Headline, Does.Contain("a native lock is held by 'target' (thread ").And.Contain("3 threads wait"));
        Assert.That((stall.Threads, stall.HasEnded), Is.EqualTo((3, false)));
    }

    [Test]
    public async Task A_process_that_faults_pages_is_in_the_kernel_for_its_memory(CancellationToken stop)
    {
        using var watched = Watched.Native("faults", 2);
        await watched.RunsAsync(3, stop);
        var (_, result, error) = await watched.WatchAsync("2s", stop);
        Assert.That(result, Is.Not.Null, error);
        Assert.That(result!.States.Select(state => state.Kind), Has.Member(PathologyKind.MemoryStorm), () => Told(result));
    }

    [Test]
    public async Task A_stopped_process_is_told_as_stopped(CancellationToken stop)
    {
        using var watched = Watched.Native("pace", 2);
        await watched.RunsAsync(3, stop);
        Signals.Stop(watched.Id);
        var (code, result, error) = await watched.WatchAsync("1200ms", stop, "--stall-after", "400ms");
        Assert.That(code, Is.EqualTo(ExitCodes.Found), error);
        var stalls = result!.Stalls.Where(stall => stall.Cause != StallCause.ForeignLoad).ToList();
        Assert.That(stalls.Select(stall => stall.Cause), Is.EqualTo(new[] { StallCause.ProcessStopped }), () => Told(result));
        Assert.That(stalls[0].Headline, Does.StartWith("target was stopped by a signal or held by a tracer (state T); the whole process stood still for "));
    }

    [Test]
    public async Task Of_a_healthy_process_nothing_is_told_but_what_others_take(CancellationToken stop)
    {
        using var watched = Watched.Native("pace", 4);
        await watched.RunsAsync(5, stop);
        var (code, result, error) = await watched.WatchAsync("2s", stop);
        Assert.That(result, Is.Not.Null, error);
        Assert.That(result!.States.Select(state => state.Cause).Concat(result.Stalls.Select(stall => stall.Cause)), Has.All.EqualTo(StallCause.ForeignLoad), () => Told(result));
        Assert.That(code, Is.EqualTo(result.HasFindings ? ExitCodes.Found : ExitCodes.Clean));
        Assert.That((result.Process.Id, result.Totals.MostThreads, result.End), Is.EqualTo((watched.Id, 5, WatchEnd.TimeIsUp)));
    }

    [Test]
    public async Task A_command_is_started_watched_and_its_exit_code_told(CancellationToken stop)
    {
        var (_, result, error) = await Watched.WatchAsync(stop, "--interval", "100ms", "--for", "60s", "--", "sh", "-c", "sleep 0.7; exit 7");
        Assert.That(result, Is.Not.Null, error);
        Assert.That((result!.End, result.ExitCode, result.Process.Name), Is.EqualTo((WatchEnd.ProcessEnded, 7, "sh")));
    }

    [Test]
    public async Task A_command_is_ended_with_the_watch(CancellationToken stop)
    {
        var (code, result, error) = await Watched.WatchAsync(stop, "--for", "500ms", "--interval", "100ms", "--", "sleep", "60");
        Assert.That(result, Is.Not.Null, error);
        Assert.That(code, Is.EqualTo(result!.HasFindings ? ExitCodes.Found : ExitCodes.Clean), error);
        Assert.That((result.End, result.ExitCode), Is.EqualTo((WatchEnd.TimeIsUp, (int?)null)));
        Assert.That(ProcessScan.Find(result.Process.Id)?.IsAlive, Is.Not.True);
    }

    [Test]
    public async Task A_process_that_ends_meanwhile_ends_the_watch(CancellationToken stop)
    {
        using var watched = Watched.Start("sleep", "0.8");
        var (code, result, error) = await watched.WatchAsync("60s", stop);
        var expected = result is null ? ExitCodes.Failed : result.HasFindings ? ExitCodes.Found : ExitCodes.Clean; // it may be gone before it is found, and others may take the processors
        Assert.That((code, result?.End ?? WatchEnd.ProcessEnded), Is.EqualTo((expected, WatchEnd.ProcessEnded)), error);
    }

    [Test]
    public async Task What_another_user_may_not_read_is_said_with_what_gives_it(CancellationToken stop)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv"))
        {
            Assert.Ignore("Only root can run the tool as somebody else, with setpriv of util-linux.");
        }

        using var watched = Watched.Native("convoy", 3);
        await watched.RunsAsync(4, stop);
        var host = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", host, Path.Combine(AppContext.BaseDirectory, "harden.dll"), "watch", watched.Id.ToString(CultureInfo.InvariantCulture), "--for", "1s"]);
        start.Environment["HOME"] = "/tmp";
        var tool = await SupervisedProcess.RunAsync(start, cancellationToken: stop);
        Assert.That(tool.StandardOutput, Does.Contain($"Process {watched.Id} is of user 0 and this program runs as user 65534").And.Contain($"sudo harden watch {watched.Id}").And.Contain("target (process "), tool.StandardError);
        Assert.That(tool.Exit.ExitCode, Is.EqualTo(ExitCodes.Clean).Or.EqualTo(ExitCodes.Found), tool.StandardError);
    }

    [Test]
    public async Task Of_an_idle_program_of_NET_nothing_is_told_but_what_others_take(CancellationToken stop)
    {
        using var watched = await StartVictimAsync("sleep", 0, stop);
        var (_, result, error) = await watched.WatchAsync("1500ms", stop, "--stall-after", "600ms", "--detail", "counters");
        Assert.That(result, Is.Not.Null, error);
        Assert.That(result!.States.Select(state => state.Cause).Concat(result.Stalls.Select(stall => stall.Cause)), Has.All.EqualTo(StallCause.ForeignLoad), () => Told(result));
        Assert.That((result.Process.IsDotnet, result.Missing), Is.EqualTo((true, Array.Empty<string>())));
    }

    [Test]
    public async Task Of_NET_the_statement_at_which_threads_wait_is_told_with_stacks(CancellationToken stop)
    {
        using var folder = new Folder();
        using var watched = await StartVictimAsync("convoy", 5, stop);
        var (code, result, error) = await watched.WatchAsync("12s", stop, "--detail", "stacks", "--report", folder.Path);
        Assert.That(code, Is.EqualTo(ExitCodes.Found), error);
        // The first may have been told before stacks could be had: what takes them begins with the watch.
        var stall = result!.Stalls.Where(stall => stall.Cause == StallCause.LockContention).MaxBy(stall => stall.Duration);
        Assert.That(stall?.Headline, Does.StartWith("Faults.cs:").And.Contain("is held by 'owner'"), () => Told(result));
        var report = StallReportFile.Read(Path.Combine(folder.Path, stall!.Report + StallReportFile.Extension)).Report;
        Assert.That((report.Culprit?.Method, report.Culprit?.Line > 0), Is.EqualTo(("Hardening.Witness.Victim.Faults.AwaitMonitor", true)));
    }

    [TestCase(new string[0], "Say which process to watch")]
    [TestCase(new[] { "1", "2" }, "One process is watched at a time")]
    [TestCase(new[] { "1", "--", "true" }, "not both")]
    [TestCase(new[] { "1", "--interval", "1ms" }, "--interval must be 20ms to 10s, but is 1ms")]
    [TestCase(new[] { "1", "--interval", "1s", "--stall-after", "1s" }, "cannot be seen with a look each 1s")]
    [TestCase(new[] { "1", "--for", "soon" }, "--for wants a time such as 200ms, 60s or 5m, not 'soon'")]
    [TestCase(new[] { "1", "--detail", "everything" }, "everything")]
    [TestCase(new[] { "1", "--report", "/proc/version" }, "--report wants a directory")]
    public async Task What_makes_no_sense_is_told_in_one_line(string[] arguments, string message)
    {
        var (code, result, error) = await Watched.WatchAsync(CancellationToken.None, arguments);
        Assert.That((code, result), Is.EqualTo((ExitCodes.WrongUse, (WatchResult?)null)));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains(message));
    }

    [Test]
    public async Task A_command_that_is_not_there_is_told_in_one_line(CancellationToken stop)
    {
        var (code, _, error) = await Watched.WatchAsync(stop, "--", "no-such-program-is-here");
        Assert.That(code, Is.EqualTo(ExitCodes.Failed));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1).And.One.Contains("'no-such-program-is-here' cannot be started"));
    }

    private static async Task<Watched> StartVictimAsync(string fault, int count, CancellationToken stop)
    {
        var watched = Watched.Start("dotnet", Path.Combine(AppContext.BaseDirectory, "Hardening.Witness.Victim.dll"), fault, count.ToString(CultureInfo.InvariantCulture), """{"Wrap":[]}""");
        await watched.RunsAsync(11, stop);
        return watched;
    }

    private static string Told(WatchResult result)
    {
        var text = new StringWriter();
        WatchText.Write(result, new Terminal(text, TextWriter.Null, isJson: false, isInteractive: false).Out);
        return text.ToString();
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("hardening-watch-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
