using Hardening.Stalls;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>How the kernel's counts of one thread become a split of its wall time.</summary>
public sealed class ThreadTimeTests
{
    private const long Second = 1_000_000_000;

    [Test]
    public void A_wait_for_a_processor_that_is_counted_when_it_is_over_reaches_back()
    {
        var time = Split(Row('R'), Row('R'), Row('S', delay: 2.5));
        Assert.That((time.Waiting, time.Blocked), Is.EqualTo((2.5, 0.5)).Within(1e-6));
    }

    [Test]
    public void A_thread_that_is_ready_and_has_no_growth_waits_for_a_processor()
    {
        var time = Split(Row('S'), Row('R'), Row('R'));
        Assert.That(time.Waiting, Is.EqualTo(1.5).Within(1e-6), "somewhere in the first interval it became ready, and it waits since");
        Assert.That(time.Blocked, Is.EqualTo(1.5).Within(1e-6));
    }

    [Test]
    public void While_a_collection_stops_all_threads_a_thread_is_suspended_even_if_it_collects_itself()
    {
        var time = Split(pause: 0.8, Row('R', run: 0.9), Row('S'));
        Assert.That((time.Suspended, time.Running), Is.EqualTo((1.6, 0.2)).Within(1e-6));
        Assert.That(time.Blocked, Is.EqualTo(0.2).Within(1e-6));
    }

    [Test]
    public void Without_a_row_it_was_blocked_and_with_rows_omitted_it_was_not_seen()
    {
        var row = Row('S', run: 0.1);
        Assert.That(Split(row, null, null).Blocked, Is.EqualTo(2.9).Within(1e-6));
        var window = Window([row, null, null], 0);
        window = window with { Samples = [.. window.Samples.Select(sample => sample with { Sample = sample.Sample with { Process = sample.Sample.Process with { Omitted = 4 } } })] };
        Assert.That(ThreadTime.Of(7, StallIntervals.Of(window)).Seen, Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Only_what_lies_in_the_stall_counts()
    {
        var window = Window([Row('R', run: 1), Row('R', run: 1), Row('S')], 0);
        var time = ThreadTime.Of(7, StallIntervals.Of(window with { StallStart = window.StallStart + (Second / 2), StallEnd = window.StallStart + (Second * 5 / 2) }));
        Assert.That((time.Running, time.Blocked), Is.EqualTo((1.5, 0.5)).Within(1e-6));
    }

    [Test]
    public void More_counted_than_there_was_time_is_cut_off()
    {
        var time = Split(Row('R', run: 9, delay: 9));
        Assert.That((time.Running, time.Seen), Is.EqualTo((1.0, 1.0)).Within(1e-6));
    }

    [TestCase(0, "0 s")]
    [TestCase(0.0351, "35 ms")]
    [TestCase(0.94, "940 ms")]
    [TestCase(0.99, "1 s")]
    [TestCase(1.84, "1.8 s")]
    [TestCase(42.4, "42 s")]
    [TestCase(119.7, "2 min 0 s")]
    [TestCase(185, "3 min 5 s")]
    public void Time_is_told_in_units_that_are_read(double seconds, string text) => Assert.That(Readable.Seconds(seconds), Is.EqualTo(text));

    [TestCase("System.Threading.Monitor.Wait|System.Threading.ManualResetEventSlim.Wait|System.Threading.Tasks.Task.Wait|App.A.B", "Task", "Task.Wait")]
    [TestCase("System.Threading.WaitHandle.WaitOneNoCheck|System.Diagnostics.ProcessWaitState.WaitForExit|System.Diagnostics.Process.WaitForExit|App.A.B", "Process", "Process.WaitForExit")]
    [TestCase("System.Threading.Monitor.Enter_Slowpath|System.IO.TextWriter+SyncTextWriter.WriteLine|System.Console.WriteLine|App.A.B", "Lock", "a lock")]
    [TestCase("System.Threading.Thread.Sleep|System.Threading.SpinWait.SpinOnceCore|App.Gate.Enter", "Spin", "SpinWait")]
    [TestCase("System.Threading.Lock.TryEnterSlow|App.A.B", "Lock", "a lock")]
    [TestCase("System.IO.RandomAccess.WriteAtOffset|System.IO.FileStream.Write|App.A.B", "InputOutput", "a file or pipe")]
    [TestCase("System.Array.Sort|App.A.B", "Other", "")]
    [TestCase("App.A.B|System.Threading.Tasks.Task.Wait", "Other", "")]
    [TestCase("System.Threading.LowLevelLifoSemaphore.WaitForSignal|System.Threading.PortableThreadPool+WorkerThread.WorkerThreadStart", "Idle", "")]
    [TestCase("", "Idle", "")]
    public void A_stack_says_what_the_application_asked_for(string frames, string activity, string text)
    {
        var read = StackReading.Read([.. frames.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(method => new ThreadStackFrame(method))]);
        Assert.That((read.Activity.ToString(), read.Text), Is.EqualTo((activity, text)));
    }

    [Test]
    public void Frames_of_the_framework_and_of_this_library_are_not_the_applications()
    {
        Assert.That(StackReading.IsApplication(new ThreadStackFrame("Hardening.Pool.ProcessPool.Run", "Hardening.Runtime")), Is.False);
        Assert.That(StackReading.IsApplication(new ThreadStackFrame("Hardening.Pool.ProcessPool.Run")), Is.False);
        Assert.That(StackReading.IsApplication(new ThreadStackFrame("Microsoft.Extensions.Hosting.Host.Run", "Microsoft.Extensions.Hosting")), Is.False);
        Assert.That(StackReading.IsApplication(new ThreadStackFrame("Hardening.Samples.Program.Main", "Hardening.Samples")), Is.True);
    }

    [Test]
    public void The_place_of_a_lock_is_where_most_of_its_waiters_are()
    {
        var window = StallSketch.OfThread().Thread(StallSketch.CameraId).Waits(31, StallSketch.OwnerId).Waits(32, StallSketch.OwnerId).Waits(33, StallSketch.OwnerId).Waits(34, StallSketch.OwnerId, lockId: 2)
            .Stack(31, "System.Threading.Monitor.Enter", "App.A.B@A.cs:1").Stack(32, "System.Threading.Monitor.Enter", "App.A.C@A.cs:2").Stack(33, "System.Threading.Monitor.Enter", "App.A.C@A.cs:2")
            .Stack(34, "App.A.D@A.cs:3").Build();
        var places = LockPlaces.Of(window);
        Assert.That(places.Keys, Is.EqualTo(new ulong[] { 1 }), "who is past its lock says nothing of it");
        Assert.That(places[1].Line, Is.EqualTo(2));
        var later = window with { Stacks = null, LockPlaces = places, LockWaits = [.. window.LockWaits, new LockWait(1, 0, StallSketch.OwnerId, StallSketch.CameraId, window.StallStart, 0)] };
        var subject = new StallSubject { ProcessId = 1, Name = "app", Host = "host", Processors = 2, System = "Linux", Runtime = ".NET" };
        var report = Hardening.Stalls.Reports.StallReportBuilder.Build("1", DateTimeOffset.UnixEpoch, later, CauseClassifier.Classify(later), subject, []);
        Assert.That(report.Headline, Does.StartWith("A.cs:2: the lock in A.C is held by 'dispatch' (thread 22)"));
    }

    private static ThreadTime Split(params ThreadSample?[] rows) => Split(0, rows);

    private static ThreadTime Split(double pause, params ThreadSample?[] rows) => ThreadTime.Of(7, StallIntervals.Of(Window(rows, pause)));

    // A sample each second.
    private static StallWindow Window(ThreadSample?[] rows, double pause) => new()
    {
        Processors = 2,
        Activity = new StalledActivity { Kind = StalledActivityKind.Heartbeat, Name = "left", ThreadId = 7, StallAfter = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(3) },
        StallStart = 10 * Second,
        StallEnd = (10 + rows.Length) * Second,
        Samples = [.. rows.Select((row, i) => new WindowSample(new Sample { Time = (11 + i) * Second, Interval = Second, Runtime = new RuntimeSample { GcPause = (long)(pause * Second) } }, row is { } known ? [known] : []))],
    };

    private static ThreadSample? Row(char state, double run = 0, double delay = 0) => new ThreadSample { ThreadId = 7, State = state, RunTime = (long)(run * Second), RunDelay = (long)(delay * Second) };
}
