using Hardening.Runtime.Tests.Stalls.Reports;
using Hardening.Stalls;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;
using static Hardening.Runtime.Tests.Stalls.Classification.CauseClassifierTests;
using static Hardening.Runtime.Tests.Stalls.Classification.StallSketch;

namespace Hardening.Runtime.Tests.Stalls.Classification;

public sealed class StallReportBuilderTests
{
    private static readonly string[] s_grab = ["App.Camera.Grab@Camera.cs:40", "App.Camera.Run@Camera.cs:12"];
    private static readonly string[] s_enter = ["System.Threading.Monitor.Enter_Slowpath", "Inspection.LegacyServer.Inspect@LegacyServer.cs:218"];

    private static IEnumerable<TestCaseData> Headlines()
    {
        yield return Case("LegacyServer.cs:218: the lock in LegacyServer.Inspect is held by 'dispatch' (thread 22) for 2 s in Process.WaitForExit; 21 threads wait; 'left' stood still for 2 s", Legacy());
        yield return Case("a lock is held by 'dispatch' (thread 22) for 2 s; 21 threads wait; 'left' stood still for 2 s", Convoy(OfThread()));
        yield return Case("Camera.cs:40: 9 threads wait for the SemaphoreSlim in Camera.Grab; 'left' stood still for 2 s", AtSemaphore(OfThread(), 9));
        yield return Case("a native lock is held by 'dispatch' (thread 22); 20 threads wait; 'left' stood still for 2 s", OfThread().Thread(CameraId, argument: Futex).Threads(31, 19, "native", argument: Futex).FutexOwner(Futex, OwnerId));
        yield return Case("Camera.cs:40: a deadlock of 'camera' (thread 11) and 'dispatch' (thread 22): each waits for a lock of the next; 'left' stood still for 2 s", OfThread().Thread(CameraId).Waits(CameraId, OwnerId, 1).Waits(OwnerId, CameraId, 2).Stack(CameraId, ["System.Threading.Monitor.Enter", .. s_grab]));
        yield return Case("Camera.cs:40: threads spin in Camera.Grab instead of waiting; 'left' stood still for 2 s", OfThread().Thread(CameraId, runs: 0.95, state: 'R').Stack(CameraId, ["System.Threading.SpinWait.SpinOnce", .. s_grab]));
        yield return Case("the process's own threads were in the kernel for its memory: 600,000 page faults, 88 % of its processor time in the kernel; 'left' stood still for 2 s", OfThread().Thread(CameraId, waits: 0.8, state: 'R').Load(user: 0.2, system: 1.5, runnable: 12, faults: 300_000));
        yield return Case("the process's own threads spent 89 % of their processor time in the kernel; 'left' stood still for 2 s", OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.2, system: 1.6, runnable: 40));
        yield return Case("garbage collection had stopped all threads for 1.8 s, 10 collections, 10 of them full; 'left' stood still for 2 s", OfThread().Thread(CameraId).Collections(0.9, gen0: 0));
        yield return Case("a garbage collection waited 1.9 s for a thread that did not stop; 'left' stood still for 2 s", OfThread().Thread(CameraId).Collections(0.95, suspension: 0.94, gen0: 0, gen2: 0));
        yield return Case("Api.cs:77: 6 threads of the pool wait in Task.Wait, and 400 work items waited up to 2 s for a thread of the pool; the thread pool began no work for 2 s", StarvedPool(OfPool()));
        yield return Case("other processes used 1.9 of 2 processors, and it waited 1.8 s for a processor; 'left' stood still for 2 s", OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.05, runnable: 5, foreign: 1.9, runnableForeign: 50));
        yield return Case("other processes used 1.8 of 2 processors, and 'dispatch' (thread 22), which held a lock that it needs, waited for one; 'left' stood still for 2 s", Convoy(OfThread(), ownerRuns: 0.01, ownerWaits: 0.99).Load(user: 0.2, runnable: 3, foreign: 1.8, runnableForeign: 40));
        yield return Case("the control group's limit held the process back for 1.8 s; 'left' stood still for 2 s", OfThread().Thread(CameraId, waits: 0.87, state: 'R').Throttled(0.9));
        yield return Case("64 threads of the process wanted 2 processors, and it waited 1.8 s for a processor; 'left' stood still for 2 s", OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 1.8, runnable: 64));
        yield return Case("Camera.cs:40: 'camera' (thread 11) waited for a device in pwrite64 (percpu_rwsem_wait) in Camera.Grab; 'left' stood still for 2 s", OfThread().Thread(CameraId, state: 'D', at: "percpu_rwsem_wait", call: 18).Stack(CameraId, s_grab));
        yield return Case("'camera' (thread 11) waited in write (anon_pipe_write); 'left' stood still for 2 s", OfThread().Thread(CameraId, at: "anon_pipe_write", call: 1));
        yield return Case("the process was stopped from outside (SIGSTOP); the whole process stood still for 2 s", OfProcess().Late(2, continued: 1).Load(user: 0));
        yield return Case("the process's own children used 1.8 of 2 processors, and it waited 1.8 s for a processor; 'left' stood still for 2 s", OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.1, runnable: 3, children: 1.8, runnableChildren: 40));
        yield return Case("Camera.cs:40: 'camera' (thread 11) was at work in Camera.Grab for 1.9 s; 'left' stood still for 2 s", OfThread().Thread(CameraId, runs: 0.95, state: 'R').Stack(CameraId, s_grab));
        yield return Case("Camera.cs:40: 'camera' (thread 11) sleeps in Camera.Grab, in Thread.Sleep; 'left' stood still for 2 s", OfThread().Thread(CameraId).Stack(CameraId, ["System.Threading.Thread.Sleep", .. s_grab]));
        yield return Case("'camera' (thread 11) waits, and not for a lock that is known; 'left' stood still for 2 s", OfThread().Thread(CameraId));
        yield return Case("the evidence does not decide; 'left' stood still for 2 s", OfThread().Thread(CameraId, at: null, call: -1));
    }

    [TestCaseSource(nameof(Headlines))]
    public void Says_it_in_one_line(Drawn drawn)
    {
        var report = drawn.Sketch.Report();
        Assert.That(report.Headline, Is.EqualTo(drawn.Headline), () => Told(report.Verdict));
    }

    [Test]
    public void Documents_are_those_of_the_files_that_it_names()
    {
        var (named, other) = (new SourceDocument("/src/LegacyServer.cs", "SHA256", "ab"), new SourceDocument("/src/Other.cs", "SHA256", "cd"));
        var window = Legacy().Build();
        var report = StallReportBuilder.Build("1", default, window with { Stacks = window.Stacks! with { Documents = [other, named] } }, CauseClassifier.Classify(window), SampleReports.Report().Subject, []);
        Assert.That(report.Documents, Is.EqualTo(new[] { named }));
    }

    [Test]
    public void The_lock_says_who_holds_it_where_and_where_others_wait()
    {
        var report = Legacy().Report();
        Assert.That(report.Locks, Has.Count.EqualTo(1), "the waits and the stacks tell of one lock");
        var held = report.Locks[0];
        Assert.That((held.Kind, held.Type, held.OwnerThreadId, held.OwnerName, held.Waiters), Is.EqualTo(("Monitor", "Inspection.Gate", OwnerId, "dispatch", 21)));
        Assert.That(held.OwnerAt, Is.EqualTo(new ThreadStackFrame("Inspection.LegacyServer.Archive", "App", "/src/LegacyServer.cs", 240)));
        Assert.That(held.WaitersAt?.Line, Is.EqualTo(218));
        Assert.That(held.WaiterThreadIds, Has.Count.EqualTo(21).And.Member(CameraId).And.No.Member(OwnerId));
        Assert.That(report.Culprit, Is.EqualTo(held.WaitersAt));
    }

    [Test]
    public void Advice_names_the_rule_that_finds_such_code_and_the_type_that_replaces_it()
    {
        var advice = Legacy().Report().Advice;
        Assert.That(advice[0], Is.EqualTo(new StallAdvice("Do not wait in Process.WaitForExit while the lock is held.", "HRD1003", "Hardening.Processes.SupervisedProcess")));
        Assert.That(advice.Select(item => item.Rule), Does.Contain("HRD3004"));
    }

    [Test]
    public void Every_cause_has_advice_and_its_types_exist()
    {
        foreach (var drawn in Headlines())
        {
            var report = ((Drawn)drawn.Arguments[0]!).Sketch.Report();
            Assert.That(report.Advice, Is.Not.Empty, report.Headline);
            foreach (var type in report.Advice.Select(item => item.Type).OfType<string>())
            {
                Assert.That(typeof(StallReport).Assembly.GetType(type), Is.Not.Null, type);
            }

            Assert.That(report.Advice.Select(item => item.Rule).OfType<string>(), Is.All.Match("^HRD[1-4]\\d{3}$"));
        }
    }

    [Test]
    public void The_stalled_thread_comes_first_and_those_that_used_most_follow()
    {
        var threads = OfThread().Thread(31, runs: 0.9).Thread(32, runs: 0.2, waits: 0.4).Thread(CameraId, at: "anon_pipe_write", call: 1).Report().Threads;
        Assert.That(threads.Select(thread => thread.ThreadId), Is.EqualTo(new[] { CameraId, 31, 32 }));
        Assert.That((threads[0].Name, threads[0].WaitChannel), Is.EqualTo(("camera", "anon_pipe_write")));
        Assert.That((threads[1].Running, threads[2].WaitingForProcessor), Is.EqualTo((TimeSpan.FromSeconds(1.8), TimeSpan.FromSeconds(0.8))));
    }

    [Test]
    public void Equal_stacks_are_one_group_the_largest_first()
    {
        var stacks = Legacy().Report().Stacks;
        Assert.That(stacks.Select(group => group.ThreadIds.Count), Is.EqualTo(new[] { 21, 1 }));
        Assert.That(stacks[0].Frames[1].Line, Is.EqualTo(218));
    }

    private static StallSketch Legacy()
    {
        var sketch = Convoy(OfThread()).Stack(OwnerId, "System.Threading.WaitHandle.WaitOneNoCheck", "System.Diagnostics.ProcessWaitState.WaitForExit", "System.Diagnostics.Process.WaitForExit", "Inspection.LegacyServer.Archive@LegacyServer.cs:240").Stack(CameraId, s_enter);
        foreach (var id in Enumerable.Range(31, 20))
        {
            sketch.Stack(id, s_enter);
        }

        return sketch.Held(0x999, "Inspection.Gate", OwnerId, [CameraId, .. Enumerable.Range(31, 20)]);
    }

    private static TestCaseData Case(string headline, StallSketch sketch) => new TestCaseData(new Drawn(headline, sketch)).SetArgDisplayNames(headline);

    public sealed record Drawn(string Headline, object What)
    {
        internal StallSketch Sketch => (StallSketch)What;
    }
}
