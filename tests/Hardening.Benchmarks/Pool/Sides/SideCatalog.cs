namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>Who can be measured by this program itself: a name on the command line, and the run.</summary>
internal static class SideCatalog
{
    public static readonly IReadOnlyDictionary<string, Func<Loops, SideSettings, Task<PoolMeasurement>>> All = new Dictionary<string, Func<Loops, SideSettings, Task<PoolMeasurement>>>
    {
        ["floor-futex"] = Floors.FutexAsync,
        ["floor-spin"] = Floors.SpinningAsync,
        ["floor-pipe"] = Floors.PipeAsync,
        ["floor-read"] = (loops, _) => Task.FromResult(Floors.Read(loops)),
        ["floor-copy"] = (loops, _) => Task.FromResult(Floors.Copy(loops)),
        ["stdio-echo"] = (loops, settings) => HandMadeRuns.EchoAsync(loops, settings, Stdio),
        ["stdio-turn"] = (loops, settings) => HandMadeRuns.TurnAsync(loops, settings, Stdio),
        ["stdio-frames"] = (loops, settings) => HandMadeRuns.FramesAsync(loops, settings, Stdio),
        ["stdio-frameturn"] = (loops, settings) => HandMadeRuns.FrameTurnAsync(loops, settings, Stdio),
        ["slot-echo"] = (loops, settings) => HandMadeRuns.EchoAsync(loops, settings, Slot),
        ["slot-turn"] = (loops, settings) => HandMadeRuns.TurnAsync(loops, settings, Slot),
        ["slot-frames"] = (loops, settings) => HandMadeRuns.FramesAsync(loops, settings, Slot),
        ["slot-frameturn"] = (loops, settings) => HandMadeRuns.FrameTurnAsync(loops, settings, Slot),
    };

    private static IHandMadeWorker Stdio(byte[][] frames) => new StdioHandMadeWorker(frames);

    private static IHandMadeWorker Slot(byte[][] frames) => new SlotHandMadeWorker(frames);
}
