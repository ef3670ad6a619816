using Hardening.Benchmarks.Pool.Sides;

namespace Hardening.Benchmarks.Pool;

/// <summary>Those who are measured by this program itself: the floors, the pools written by hand, and ours.</summary>
internal static class PoolContenders
{
    public const int Workers = 2;

    private const string Stdio = ".NET, standard input and output, by hand";
    private const string Slot = ".NET, shared memory and futex, by hand";

    public static IEnumerable<PoolContender> Floors() =>
    [
        .. Turns("futex and shared memory, no pool", ContenderKind.Floor, "floor-futex"),
        .. Turns("the same, spinning", ContenderKind.Floor, "floor-spin"),
        .. Turns("pipes, no pool", ContenderKind.Floor, "floor-pipe"),
        Side(PoolScenario.FrameTurn, "one thread reads a frame", ContenderKind.Floor, "floor-read"),
        Side(PoolScenario.FrameTurn, "one thread copies a frame", ContenderKind.Floor, "floor-copy"),
    ];

    public static IEnumerable<PoolContender> HandMade() => new[] { (Stdio, "stdio"), (Slot, "slot") }.SelectMany(made => (PoolContender[])
    [
        Side(PoolScenario.Echo, made.Item1, ContenderKind.Peer, $"{made.Item2}-echo"),
        .. Turns(made.Item1, ContenderKind.Peer, $"{made.Item2}-turn"),
        Side(PoolScenario.Frames, made.Item1, ContenderKind.Peer, $"{made.Item2}-frames"),
        Side(PoolScenario.FrameTurn, made.Item1, ContenderKind.Peer, $"{made.Item2}-frameturn"),
    ]);

    private static IEnumerable<PoolContender> Turns(string name, ContenderKind kind, string who) => [Side(PoolScenario.Turn, name, kind, who), Side(PoolScenario.BusyTurn, name, kind, who)];

    private static PoolContender Side(PoolScenario scenario, string name, ContenderKind kind, string who, int workers = Workers, string argument = "-") =>
        new(scenario, name, kind, seconds => PoolSide.Start(who, workers, seconds, argument));
}
