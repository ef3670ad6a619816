using Hardening.Pool;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>Who can be measured by this program itself: a name on the command line, and the run.</summary>
internal static class SideCatalog
{
    public static readonly IReadOnlyDictionary<string, Func<Loops, SideSettings, Task<PoolMeasurement>>> All = new Dictionary<string, Func<Loops, SideSettings, Task<PoolMeasurement>>>
    {
        ["floor-ring"] = (loops, _) => RingFloor.MeasureAsync(loops),
        ["floor-futex"] = Floors.FutexAsync,
        ["floor-spin"] = Floors.SpinningAsync,
        ["floor-pipe"] = Floors.PipeAsync,
        ["floor-read"] = (loops, _) => Task.FromResult(Floors.Read(loops)),
        ["floor-copy"] = (loops, _) => Task.FromResult(Floors.Copy(loops)),
        ["floor-death"] = (_, settings) => new OurDeaths(TimeProvider.System, settings).MeasureFloorAsync(),
        ["floor-idle"] = (_, settings) => Idle.WatchAsync(TimeProvider.System, settings),
        ["our-echo"] = (loops, settings) => OurPool.EchoAsync(loops, settings, Echo),
        ["our-many-echo"] = (loops, settings) => OurPool.EchoAsync(loops, settings, Echo, callers: 1000),
        ["our-map"] = (loops, settings) => OurPool.MapAsync(loops, settings, Echo, inOrder: true),
        ["our-unordered-map"] = (loops, settings) => OurPool.MapAsync(loops, settings, Echo, inOrder: false),
        ["our-turn"] = (loops, settings) => OurPool.TurnAsync(loops, settings, Echo),
        ["our-synchronous-turn"] = (loops, settings) => OurPool.SynchronousTurnAsync(loops, settings, Echo),
        ["our-frames"] = (loops, settings) => OurPool.FramesAsync<ReadingHandler>(loops, settings, FrameCallers.ThreadForEachWorker),
        ["our-many-frames"] = (loops, settings) => OurPool.FramesAsync<ReadingHandler>(loops, settings, FrameCallers.Many),
        ["our-frameturn"] = (loops, settings) => OurPool.FramesAsync<ReadingHandler>(loops, settings, FrameCallers.One),
        ["our-handover"] = (loops, settings) => OurPool.FramesAsync<HandOverHandler>(loops, settings, FrameCallers.ThreadForEachWorker),
        ["our-many-handover"] = (loops, settings) => OurPool.FramesAsync<HandOverHandler>(loops, settings, FrameCallers.Many),
        ["our-handoverturn"] = (loops, settings) => OurPool.FramesAsync<HandOverHandler>(loops, settings, FrameCallers.One),
        ["our-death"] = (_, settings) => new OurDeaths(TimeProvider.System, settings).MeasureAsync(),
        ["our-idle"] = (_, settings) => Idle.PoolAsync(TimeProvider.System, settings),
        ["our-python-echo"] = (loops, settings) => OurPool.EchoAsync(loops, settings, Python(settings)),
        ["our-python-turn"] = (loops, settings) => OurPool.SynchronousTurnAsync(loops, settings, Python(settings)),
        ["our-python-map"] = (loops, settings) => OurPool.MapAsync(loops, settings, Python(settings), inOrder: true),
        ["stdio-echo"] = (loops, settings) => HandMadeRuns.EchoAsync(loops, settings, Stdio),
        ["stdio-turn"] = (loops, settings) => HandMadeRuns.TurnAsync(loops, settings, Stdio),
        ["stdio-frames"] = (loops, settings) => HandMadeRuns.FramesAsync(loops, settings, Stdio),
        ["stdio-frameturn"] = (loops, settings) => HandMadeRuns.FrameTurnAsync(loops, settings, Stdio),
        ["slot-echo"] = (loops, settings) => HandMadeRuns.EchoAsync(loops, settings, Slot),
        ["slot-turn"] = (loops, settings) => HandMadeRuns.TurnAsync(loops, settings, Slot),
        ["slot-frames"] = (loops, settings) => HandMadeRuns.FramesAsync(loops, settings, Slot),
        ["slot-frameturn"] = (loops, settings) => HandMadeRuns.FrameTurnAsync(loops, settings, Slot),
    };

    private static WorkerCommand Echo => WorkerCommand.ThisApplication<EchoHandler>();

    private static WorkerCommand Python(SideSettings settings) => WorkerCommand.Python(Path.Combine(AppContext.BaseDirectory, "peers", "our_echo.py"), settings.Argument);

    private static IHandMadeWorker Stdio(byte[][] frames) => new StdioHandMadeWorker(frames);

    private static IHandMadeWorker Slot(byte[][] frames) => new SlotHandMadeWorker(frames);
}
