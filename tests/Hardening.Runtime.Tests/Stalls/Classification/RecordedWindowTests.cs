using Hardening.Stalls;
using Hardening.Stalls.Classification;
using static Hardening.Runtime.Tests.Stalls.Classification.CauseClassifierTests;

namespace Hardening.Runtime.Tests.Stalls.Classification;

/// <summary>
/// What was measured while FaultLab stalled an application, on two processors that other work kept busy. The load of others was real, so where it took most of a stall it is the right answer, with the fault beside it.
/// </summary>
public sealed class RecordedWindowTests
{
    private static readonly string s_folder = Path.Combine(Baseline.RepositoryRoot, "tests", "Hardening.Runtime.Tests", "Stalls", "Windows");

    // A fault and its run; the main cause; what must be beside it.
    private static readonly (string Name, StallCause Main, StallCause[] Beside)[] s_known =
    [
        ("child-storm-1", StallCause.ForeignLoad, [StallCause.ChildStorm]),
        ("convoy-and-hogs-2", StallCause.ForeignLoad, [StallCause.LockContention]),
        ("convoy-compute-1", StallCause.LockContention, [StallCause.ForeignLoad]),
        ("convoy-new-lock-1", StallCause.LockContention, []),
        ("convoy-semaphore-1", StallCause.LockContention, []),
        ("convoy-sleep-1", StallCause.LockContention, []),
        ("convoy-turns-1", StallCause.LockContention, []),
        ("deadlock-beside-1", StallCause.Deadlock, []),
        ("deadlock-camera-1", StallCause.Deadlock, []),
        ("disk-1", StallCause.BlockedIO, []),
        ("foreign-hogs-1", StallCause.ForeignLoad, []),
        ("fork-storm-2", StallCause.ForeignLoad, [StallCause.ChildStorm]),
        ("futex-storm-3", StallCause.KernelStorm, [StallCause.ForeignLoad]),
        ("gc-induced-2", StallCause.GarbageCollection, []),
        ("gc-large-objects-2", StallCause.GarbageCollection, []),
        ("oversubscription-1", StallCause.ForeignLoad, [StallCause.Oversubscription]),
        ("own-busy-1", StallCause.ForeignLoad, [StallCause.BusyActivity]),
        ("own-sleep-1", StallCause.BlockedActivity, []),
        ("pipe-full-1", StallCause.BlockedSystemCall, []),
        ("pool-sleep-1", StallCause.ThreadPoolStarvation, []),
        ("pool-sync-over-async-1", StallCause.ThreadPoolStarvation, []),
        ("sleep-and-hogs-1", StallCause.ForeignLoad, []),
        ("spin-sleep-1", StallCause.SpinStorm, []),
        ("spin-yield-1", StallCause.SpinStorm, []),
        ("stopped-1", StallCause.ProcessStopped, []),
        ("work-and-hogs-1", StallCause.ForeignLoad, []),

        // Recorded after the rules were made.
        ("child-storm-2", StallCause.ChildStorm, [StallCause.ForeignLoad]),
        ("convoy-and-hogs-3", StallCause.ForeignLoad, [StallCause.LockContention]), // whose owner waited for a processor nearly all the time
        ("convoy-native-2", StallCause.NativeLockContention, []),
        ("fork-storm-5", StallCause.ChildStorm, [StallCause.ForeignLoad]),
        ("map-storm-7", StallCause.MemoryStorm, [StallCause.ForeignLoad]),
        ("map-storm-and-children-4", StallCause.MemoryStorm, [StallCause.ForeignLoad, StallCause.ChildStorm]),
    ];

    public static IEnumerable<TestCaseData> Known() => s_known.Select(known => new TestCaseData(known.Name, known.Main, known.Beside).SetArgDisplayNames(known.Name));

    [TestCaseSource(nameof(Known))]
    public void A_recorded_stall_keeps_its_name(string name, StallCause main, StallCause[] beside)
    {
        var file = StallReportFile.Read(Path.Combine(s_folder, name + StallReportFile.Extension));
        var verdict = CauseClassifier.Classify(file.Window!);
        Assert.That(verdict.Cause, Is.EqualTo(main), () => Told(verdict));
        Assert.That(beside, Is.SubsetOf(verdict.Contributions.Select(other => other.Cause)), () => Told(verdict));
    }

    [Test]
    public void Every_recorded_stall_is_in_the_table() =>
        Assert.That(Directory.GetFiles(s_folder).Select(path => Path.GetFileName(path).Replace(StallReportFile.Extension, "", StringComparison.Ordinal)), Is.EquivalentTo(s_known.Select(known => known.Name)));
}
