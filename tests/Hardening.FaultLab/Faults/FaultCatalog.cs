using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

/// <summary>All faults, by name.</summary>
internal static class FaultCatalog
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new LockConvoySleep(), new LockConvoyCompute(), new LockConvoyTurns(), new NewLockConvoy(), new SemaphoreConvoy(), new DeadlockBeside(), new DeadlockWithCamera(),
        new NativeLockConvoy(), new SpinStorm("spin-sleep", "go round in SpinWait", "spin", resources => resources.SpinGate, 4, StallCause.SpinStorm), new SpinStorm("spin-yield", "yield and ask again", "yield", resources => resources.YieldGate, 8, StallCause.SpinStorm, StallCause.KernelStorm),
        new InducedCollections(), new LargeObjectChurn(), new CollectionSuspension(),
        new SyncOverAsync(), new SleepingPool(),
        new ForeignHogs(), new ChildStorm(), new ForkStorm(), new StoppedProcess(),
        new MapStorm(), new FrozenDisk(), new FullPipe(),
        new OwnSleep(), new OwnWork(), new Oversubscription(), new FutexStorm(),
        new Combination("convoy-and-hogs", new LockConvoyCompute(), new ForeignHogs()),
        new Combination("oversubscription-and-gc", new Oversubscription(), new InducedCollections()),
        new Combination("convoy-and-starvation", new LockConvoySleep(), new SleepingPool()),
        new Combination("sleep-and-hogs", new OwnSleep(), new ForeignHogs()),
        new Combination("work-and-hogs", new OwnWork(), new ForeignHogs()),
        new Combination("pipe-and-starvation", new FullPipe(), new SyncOverAsync()),
        new Combination("map-storm-and-children", new MapStorm(), new ChildStorm()),
        new HealthyWork(), new HealthyLocks(), new HealthyForks(), new HealthyFullLoad(),
    ];

    public static Fault? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);
}
