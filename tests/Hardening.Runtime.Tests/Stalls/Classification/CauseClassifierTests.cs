using Hardening.Stalls;
using static Hardening.Runtime.Tests.Stalls.Classification.StallSketch;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>Each cause as it looks on its own: facts of the fault matrix, drawn small.</summary>
public sealed class CauseClassifierTests
{
    private static readonly string[] s_camera = ["App.Camera.Grab@Camera.cs:40", "App.Camera.Run@Camera.cs:12"];

    private static IEnumerable<TestCaseData> Causes()
    {
        yield return Case(StallCause.LockContention, Convoy(OfThread()), "a convoy whose owner sleeps");
        yield return Case(StallCause.LockContention, Convoy(OfThread(), ownerRuns: 0.9).Load(user: 1, runnable: 3), "a convoy whose owner computes");
        yield return Case(StallCause.LockContention, OfThread().Thread(CameraId).Stack(CameraId, ["System.Threading.Monitor.Enter_Slowpath", .. s_camera]).Held(0x100, "App.Gate", OwnerId, CameraId, 31, 32), "a convoy that only stacks tell of");
        yield return Case(StallCause.LockContention, AtSemaphore(OfThread(), 9), "a queue at a semaphore");
        yield return Case(StallCause.LockContention, AtSemaphore(OfThread(), 1), "a semaphore that only the activity waits for");
        yield return Case(StallCause.NativeLockContention, OfThread().Thread(CameraId, argument: Futex).Threads(31, 20, "native", argument: Futex), "many threads at one futex");
        yield return Case(StallCause.NativeLockContention, OfThread().Thread(CameraId, argument: Futex).Thread(OwnerId, runs: 0.5).FutexOwner(Futex, OwnerId), "one futex whose owner is known");
        yield return Case(StallCause.Deadlock, OfThread().Thread(CameraId).Thread(OwnerId).Waits(CameraId, OwnerId, 1).Waits(OwnerId, CameraId, 2), "two threads with each other's locks");
        yield return Case(StallCause.Deadlock, OfThread().Thread(CameraId).Waits(CameraId, 33, 3).Waits(33, OwnerId, 1).Waits(OwnerId, 33, 2), "a lock that a deadlocked thread holds");
        yield return Case(StallCause.Deadlock, OfThread().Thread(CameraId).Stack(CameraId, ["System.Threading.Monitor.Enter", .. s_camera]).Held(1, "object", OwnerId, CameraId).Held(2, "object", CameraId, OwnerId), "a circle that only stacks tell of");
        yield return Case(StallCause.SpinStorm, OfThread().Thread(CameraId, runs: 0.05, waits: 0.1, slices: 900).Load(user: 1, runnable: 4), "a spin lock that sleeps for moments");
        yield return Case(StallCause.SpinStorm, OfThread().Thread(CameraId, runs: 0.9, state: 'R', yields: 200_000).Load(user: 1.5, system: 0.4, runnable: 6), "a thread that yields");
        yield return Case(StallCause.SpinStorm, OfThread().Thread(CameraId, runs: 0.95, state: 'R').Stack(CameraId, ["System.Threading.SpinLock.ContinueTryEnter", .. s_camera]), "a spin lock by its stack");
        yield return Case(StallCause.SpinStorm, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Threads(31, 40, "spin", waits: 0.9, state: 'R', yields: 30_000).Load(user: 0.7, system: 0.9, runnable: 42), "a storm of yields around it");
        yield return Case(StallCause.MemoryStorm, OfThread().Thread(CameraId, runs: 0.02, waits: 0.3, state: 'D', at: "__vm_munmap", call: 11).Load(user: 0.1, system: 1.1, runnable: 8, faults: 400_000, uninterruptible: 10), "mapping and unmapping");
        yield return Case(StallCause.MemoryStorm, OfThread().Thread(CameraId, waits: 0.8, state: 'R').Load(user: 0.2, system: 1.5, runnable: 12, faults: 300_000), "page faults of others");
        yield return Case(StallCause.KernelStorm, OfThread().Thread(CameraId, waits: 0.9, state: 'R').Load(user: 0.2, system: 1.6, runnable: 40), "futexes of others");
        yield return Case(StallCause.GarbageCollection, OfThread().Thread(CameraId).Collections(0.9), "collections");
        yield return Case(StallCause.GarbageCollection, OfThread().Thread(CameraId, runs: 0.9, state: 'R').Collections(0.9), "collections that the activity's own thread does");
        yield return Case(StallCause.GarbageCollectionSuspension, OfThread().Thread(CameraId).Collections(0.95, suspension: 0.94, gen0: 0, gen2: 0), "a thread that does not stop for the collector");
        yield return Case(StallCause.GarbageCollectionSuspension, OfThread().Thread(CameraId).Collections(0.95, gen0: 0, gen2: 0), "the same without events");
        yield return Case(StallCause.ForeignLoad, OfThread().Thread(CameraId, runs: 0.04, waits: 0.9, state: 'R').Load(user: 0.06, runnable: 5, foreign: 1.9, runnableForeign: 50), "other processes");
        yield return Case(StallCause.ForeignLoad, OfThread().Thread(CameraId, runs: 0.02, waits: 0.9, state: 'R').Load(user: 0.06, runnable: 5, foreign: 1.93, runnableForeign: 2), "two others of real-time priority");
        yield return Case(StallCause.ForeignLoad, OfThread().Thread(CameraId, state: 'R', at: null, call: -1).Load(user: 0, runnable: 5, foreign: 2, runnableForeign: 20), "it waits for a processor for so long that nothing is counted yet");
        yield return Case(StallCause.Throttling, OfThread().Thread(CameraId, runs: 0.03, waits: 0.87, state: 'R').Throttled(0.9).Load(user: 0.06, runnable: 5, foreign: 0.9, runnableForeign: 1), "a quota");
        yield return Case(StallCause.Oversubscription, OfThread().Thread(CameraId, runs: 0.04, waits: 0.9, state: 'R').Load(user: 1.4, system: 0.2, runnable: 64, foreign: 0.3, runnableForeign: 1), "too many threads of its own");
        yield return Case(StallCause.ChildStorm, OfThread().Thread(CameraId, runs: 0.03, waits: 0.9, state: 'R').Load(user: 0.1, runnable: 5, children: 1.8, runnableChildren: 40, foreign: 0.1, runnableForeign: 1), "its own children");
        yield return Case(StallCause.BlockedIO, OfThread().Thread(CameraId, state: 'D', at: "percpu_rwsem_wait", call: 18), "a frozen file system");
        yield return Case(StallCause.BlockedSystemCall, OfThread().Thread(CameraId, at: "anon_pipe_write", call: 1), "a full pipe");
        yield return Case(StallCause.BusyActivity, OfThread().Thread(CameraId, runs: 0.9, state: 'R', at: null, call: -1), "its own work");
        yield return Case(StallCause.BlockedActivity, OfThread().Thread(CameraId), "a sleep, without stacks");
        yield return Case(StallCause.BlockedActivity, OfThread().Thread(CameraId).Stack(CameraId, ["System.Threading.Thread.Sleep", .. s_camera]), "a sleep, with stacks");
        yield return Case(StallCause.ThreadPoolStarvation, StarvedPool(OfPool()), "a pool whose threads sleep");
        yield return Case(StallCause.ThreadPoolStarvation, OfPool().PoolQueue(400, 2), "a pool of which only the queue is seen");
        yield return Case(StallCause.ThreadPoolStarvation, OfThread().Thread(CameraId).PoolQueue(400, 2).Stack(CameraId, ["System.Threading.ManualResetEventSlim.Wait", "System.Threading.Tasks.Task.SpinThenBlockingWait", "System.Threading.Tasks.Task.Wait", .. s_camera]), "a thread that waits for a task of a starved pool");
        yield return Case(StallCause.ProcessStopped, OfProcess().Late(2, continued: 1).Load(user: 0), "a stop signal");
        yield return Case(StallCause.ProcessStopped, OfProcess().Late(2).Load(user: 0), "a stop without a signal");
        yield return Case(StallCause.GarbageCollection, OfProcess().Late(2).Collections(9), "a late wake-up for a collection");
        yield return Case(StallCause.ForeignLoad, OfProcess().Late(2, canary: 1.9).RunDelay(8).Load(user: 0.2, runnable: 6, foreign: 19, runnableForeign: 30), "a late wake-up for others");
        yield return Case(StallCause.Throttling, OfProcess().Late(2).RunDelay(8).Throttled(9).Load(user: 0.2, runnable: 6), "a late wake-up for a quota");
        yield return Case(StallCause.ForeignLoad, OfPool().Threads(41, 4, ".NET TP Worker", runs: 0.05, waits: 0.9, state: 'R').PoolQueue(40, 1.5).Load(user: 0.2, runnable: 6, foreign: 1.8, runnableForeign: 30), "a pool whose threads get no processor");
    }

    [TestCaseSource(nameof(Causes))]
    public void Names_the_cause(Sketched sketched)
    {
        var verdict = sketched.Sketch.Classify();
        Assert.That(verdict.Cause, Is.EqualTo(sketched.Cause), () => Told(verdict));
        Assert.That(verdict.Confidence, Is.InRange(0.5, 1), () => Told(verdict));
        Assert.That(verdict.Evidence, Is.Not.Empty.And.All.Match("^[A-Z'0-9].*\\.$"), () => Told(verdict));
    }

    [Test]
    public void Says_who_held_the_lock_and_how_many_waited()
    {
        var verdict = Convoy(OfThread()).Classify();
        Assert.That(verdict.Evidence[0], Is.EqualTo("'camera' (thread 11) waited 2 s of 2 s for a lock of .NET, with 20 other threads."));
        Assert.That(verdict.Evidence[1], Is.EqualTo("'dispatch' (thread 22) held it, which ran 0 %, waited for a processor 0 % and was blocked 100 % of the time."));
        Assert.That(verdict.Evidence[2], Is.EqualTo("The 2 s of 'camera' (thread 11): 100 % blocked."));
    }

    internal static StallSketch Convoy(StallSketch sketch, double ownerRuns = 0, double ownerWaits = 0)
    {
        sketch.Thread(CameraId).Thread(OwnerId, runs: ownerRuns, waits: ownerWaits, state: ownerRuns + ownerWaits > 0.5 ? 'R' : 'S').Waits(CameraId, OwnerId);
        foreach (var id in Enumerable.Range(31, 20))
        {
            sketch.Thread(id).Waits(id, OwnerId, from: 0.1);
        }

        return sketch;
    }

    internal static StallSketch AtSemaphore(StallSketch sketch, int threads)
    {
        sketch.Thread(CameraId).Stack(CameraId, ["System.Threading.Monitor.Wait", "System.Threading.SemaphoreSlim.WaitUntilCountOrTimeout", "System.Threading.SemaphoreSlim.Wait", .. s_camera]);
        foreach (var id in Enumerable.Range(31, threads - 1))
        {
            sketch.Thread(id).Stack(id, ["System.Threading.Monitor.Wait", "System.Threading.SemaphoreSlim.Wait", .. s_camera]);
        }

        return sketch;
    }

    internal static StallSketch StarvedPool(StallSketch sketch)
    {
        sketch.Threads(41, 6, ".NET TP Worker").PoolQueue(400, 2);
        foreach (var id in Enumerable.Range(41, 6))
        {
            sketch.Stack(id, "System.Threading.ManualResetEventSlim.Wait", "System.Threading.Tasks.Task.InternalWaitCore", "System.Threading.Tasks.Task.Wait", "App.Api.Handle@Api.cs:77", "System.Threading.PortableThreadPool+WorkerThread.WorkerThreadStart");
        }

        return sketch;
    }

    internal static string Told(StallVerdict verdict) =>
        $"{verdict.Cause} {verdict.Confidence}\n{verdict.Shares}\n{string.Join("\n", verdict.Contributions)}\n{string.Join("\n", verdict.Evidence)}";

    private static TestCaseData Case(StallCause cause, StallSketch sketch, string name) => new TestCaseData(new Sketched(cause, sketch)).SetArgDisplayNames(name);

    public sealed record Sketched(StallCause Cause, object Drawn)
    {
        internal StallSketch Sketch => (StallSketch)Drawn;
    }
}
