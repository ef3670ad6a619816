using Hardening.Benchmarks.Pool.Sides;

namespace Hardening.Benchmarks.Pool;

/// <summary>Those who are measured by this program itself: the floors, the pools written by hand, and ours.</summary>
internal static class PoolContenders
{
    public const int Workers = 2;

    /// <summary>The first of ours, by name.</summary>
    public const string Awaited = "ours, RunAsync";

    public const string Many = "ours, RunAsync, 1,000 callers";

    public const string Mapped = "ours, MapAsync";

    private const string Stdio = ".NET, standard input and output, by hand";
    private const string Slot = ".NET, shared memory and futex, by hand";

    public static IEnumerable<PoolContender> Floors() =>
    [
        .. Turns("our rings, no pool", ContenderKind.Floor, "floor-ring"),
        .. Turns("futex and shared memory, no pool", ContenderKind.Floor, "floor-futex"),
        .. Turns("the same, spinning", ContenderKind.Floor, "floor-spin"),
        .. Turns("pipes, no pool", ContenderKind.Floor, "floor-pipe"),
        Side(PoolScenario.FrameTurn, "one thread reads a frame", ContenderKind.Floor, "floor-read"),
        Side(PoolScenario.FrameTurn, "one thread copies a frame", ContenderKind.Floor, "floor-copy"),
        Side(PoolScenario.Death, "until the system says that a process like it has ended", ContenderKind.Floor, "floor-death"),
        Side(PoolScenario.Idle, "this program without a pool", ContenderKind.Floor, "floor-idle"),
    ];

    public static IEnumerable<PoolContender> Ours() =>
    [
        Our(PoolScenario.Echo, Awaited, "our-echo"),
        Our(PoolScenario.Echo, Many, "our-many-echo"),
        Our(PoolScenario.Batch, Mapped, "our-map"),
        Our(PoolScenario.Batch, "ours, MapUnorderedAsync", "our-unordered-map"),
        WithoutSpins(Our(PoolScenario.Echo, Awaited, "our-echo")),
        WithoutSpins(Our(PoolScenario.Echo, Many, "our-many-echo")),
        WithoutSpins(Our(PoolScenario.Batch, Mapped, "our-map")),
        .. Turns("ours, Run", ContenderKind.Ours, "our-synchronous-turn"),
        .. Turns("ours, RunAsync", ContenderKind.Ours, "our-turn"),
        Our(PoolScenario.Frames, Frames(Workers), "our-frames"),
        Our(PoolScenario.HandOver, Frames(Workers), "our-handover"),
        Our(PoolScenario.Frames, "ours, RunAsync, 64 callers", "our-many-frames"),
        WithoutSpins(Our(PoolScenario.Frames, "ours, RunAsync, 64 callers", "our-many-frames")),
        Our(PoolScenario.HandOver, "ours, RunAsync, 64 callers", "our-many-handover"),
        .. new[] { 1, 4, 8 }.SelectMany(workers => (PoolContender[])
        [
            Side(PoolScenario.Frames, Frames(workers), ContenderKind.Ours, "our-frames", workers),
            Side(PoolScenario.HandOver, Frames(workers), ContenderKind.Ours, "our-handover", workers),
        ]),
        Our(PoolScenario.FrameTurn, "ours, Run", "our-frameturn"),
        Our(PoolScenario.HandOverTurn, "ours, Run", "our-handoverturn"),
        Our(PoolScenario.Death, "ours", "our-death"),
        Our(PoolScenario.Idle, "ours", "our-idle"),
        Side(PoolScenario.Allocation, Awaited, ContenderKind.Ours, "our-echo", workers: 1),
        Side(PoolScenario.Allocation, "ours, Run", ContenderKind.Ours, "our-synchronous-turn", workers: 1),
    ];

    /// <summary>Workers in Python behind our pool, to stand beside the pools of the same Python.</summary>
    public static IEnumerable<PoolContender> OurPython(string interpreter, string name) =>
    [
        Side(PoolScenario.Echo, $"{Awaited}, {name}", ContenderKind.Ours, "our-python-echo", argument: interpreter),
        Side(PoolScenario.Batch, $"ours, MapAsync, {name}", ContenderKind.Ours, "our-python-map", argument: interpreter),
        .. Turns($"ours, Run, {name}", ContenderKind.Ours, "our-python-turn", interpreter),
    ];

    public static IEnumerable<PoolContender> HandMade() => new[] { (Stdio, "stdio"), (Slot, "slot") }.SelectMany(made => (PoolContender[])
    [
        Side(PoolScenario.Echo, made.Item1, ContenderKind.Peer, $"{made.Item2}-echo"),
        .. Turns(made.Item1, ContenderKind.Peer, $"{made.Item2}-turn"),
        Side(PoolScenario.Frames, made.Item1, ContenderKind.Peer, $"{made.Item2}-frames"),
        Side(PoolScenario.FrameTurn, made.Item1, ContenderKind.Peer, $"{made.Item2}-frameturn"),
    ]);

    public static string Frames(int workers) => workers == 1 ? "ours, Run, 1 worker" : $"ours, Run, {workers} workers";

    private static IEnumerable<PoolContender> Turns(string name, ContenderKind kind, string who, string argument = "-") =>
        [Side(PoolScenario.Turn, name, kind, who, argument: argument), Side(PoolScenario.BusyTurn, name, kind, who, argument: argument)];

    private static PoolContender Our(PoolScenario scenario, string name, string who) => Side(scenario, name, ContenderKind.Ours, who);

    // A thread of .NET's pool that runs dry spins before it sleeps, on cores that the workers want.
    private static PoolContender WithoutSpins(PoolContender contender) => contender with
    {
        Name = $"{contender.Name}, no spins in .NET's pool",
        Start = seconds =>
        {
            var start = contender.Start(seconds);
            start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
            return start;
        },
    };

    private static PoolContender Side(PoolScenario scenario, string name, ContenderKind kind, string who, int workers = Workers, string argument = "-") =>
        new(scenario, name, kind, seconds => PoolSide.Start(who, workers, seconds, argument));
}
