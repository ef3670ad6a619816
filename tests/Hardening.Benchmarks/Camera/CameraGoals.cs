using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Pool;

namespace Hardening.Benchmarks.Camera;

/// <summary>What is wanted of ours. What a run has not measured is no goal of it.</summary>
internal sealed class CameraGoals(IReadOnlyList<CameraFigures> figures)
{
    private const double OfFloor = 0.9;
    private const double MostBytes = 1; // a frame: what rounds to none; a statistics of the runtime itself is in it
    private const double WithFault = 2;
    private const double OthersDone = 0.99;
    private const double Shares = 0.1;
    private const double OverloadLatency = 60_000; // µs, three times the work
    private const double FlatMemory = 20; // MB
    private const double Linear = 1.25;
    private const double StopLimit = 5;

    public static IReadOnlyList<Goal> Of(IReadOnlyList<CameraFigures> figures) => [.. new CameraGoals(figures).All().OfType<Goal>()];

    private IEnumerable<Goal?> All()
    {
        foreach (var ours in Threads(CameraCaseKind.Paced))
        {
            var paced = ours.Case;
            if (Peers(paced) is { Count: > 0 } peers)
            {
                yield return new Goal($"{paced}, {ours.Name}: p99 beside the best peer", 1, peers.Max(peer => ours.RatioTo(peer, round => round.P99)), "0.00 x");
            }

            yield return new Goal($"{paced}, {ours.Name}: managed bytes a frame", MostBytes, ours.Of(round => round.Managed) ?? double.NaN, "0.00");
            yield return new Goal($"{paced}, {ours.Name}: collections", 0, ours.Of(round => round.Gen0 + round.Gen1 + round.Gen2) ?? double.NaN, "0");
        }

        foreach (var ours in Threads(CameraCaseKind.Fast))
        {
            var fast = ours.Case;
            if (Peers(fast) is { Count: > 0 } peers)
            {
                yield return new Goal($"{fast}, {ours.Name}: frames a second beside the best peer", 1, peers.Min(peer => ours.RatioTo(peer, round => round.PerSecond)), "0.00 x", IsLeast: true);
                yield return new Goal($"{fast}, {ours.Name}: CPU time a frame beside the best peer", 1, peers.Max(peer => ours.RatioTo(peer, round => round.Cpu)), "0.00 x");
            }

            if (figures.FirstOrDefault(row => row.Case == fast && row.Name == CameraContender.CopyAndKernel) is { } floor)
            {
                yield return new Goal($"{fast}, {ours.Name}: frames a second beside copy and kernel alone on the same cores", OfFloor, ours.RatioTo(floor, round => round.PerSecond), "0.00 x", IsLeast: true);
                yield return new Goal($"{fast}, {ours.Name}: CPU time a frame beside copy and kernel alone", 1 / OfFloor, ours.RatioTo(floor, round => round.Cpu), "0.00 x");
            }

            yield return new Goal($"{fast}, {ours.Name}: managed bytes a frame", MostBytes, ours.Of(round => round.Managed) ?? double.NaN, "0.00");
        }

        foreach (var overload in Cases(CameraCaseKind.Overload))
        {
            var ours = Ours(overload)!;
            yield return new Goal($"{overload}: the cameras' shares differ by", Shares, ours.Of(round => round.Unfairness) ?? double.NaN, "0 %");
            yield return new Goal($"{overload}: memory grows by", FlatMemory, ours.Of(round => round.Growth) ?? double.NaN, "0.0 MB");
            yield return overload.EndsWith("latest", StringComparison.Ordinal) ? new Goal($"{overload}: p99", OverloadLatency, ours.Of(round => round.P99) ?? double.NaN, "#,0 µs") : null;
        }

        foreach (var fault in figures.Where(row => row.What.Kind == CameraCaseKind.Fault))
        {
            yield return new Goal($"{fault.Case}: p50 of the others, beside without it", WithFault, fault.Of(round => round.P50 / round.CalmP50) ?? double.NaN, "0.00 x");
            yield return new Goal($"{fault.Case}: p99 of the others, beside without it", WithFault, fault.Of(round => round.P99 / round.CalmP99) ?? double.NaN, "0.00 x");
            yield return new Goal($"{fault.Case}: the others' frames that are done", OthersDone, fault.Of(round => round.OthersDone) ?? double.NaN, "0.0 %", IsLeast: true);
        }

        var growth = figures.Where(row => row.What.Kind == CameraCaseKind.Growth && row.Kind == ContenderKind.Ours).OrderBy(row => row.What.Workload.Cameras).ToList();
        if (growth is [var least, .., var most])
        {
            yield return new Goal($"CPU time a frame of {most.What.Workload.Cameras} cameras beside that of {least.What.Workload.Cameras}", Linear, most.RatioTo(least, round => round.Cpu), "0.00 x");
            yield return new Goal($"{most.What.Workload.Cameras} cameras: time to stop", StopLimit, most.Of(round => round.StopSeconds) ?? double.NaN, "0.00 s");
        }
    }

    private IEnumerable<string> Cases(CameraCaseKind kind) => figures.Where(row => row.What.Kind == kind && row.Name == CameraContender.Ours).Select(row => row.Case).Distinct();

    private IEnumerable<CameraFigures> Threads(CameraCaseKind kind) => figures.Where(row => row.What.Kind == kind && row.Name is (CameraContender.Ours or CameraContender.OurCameras));

    private CameraFigures? Ours(string what) => figures.FirstOrDefault(row => row.Case == what && row.Name == CameraContender.Ours);

    private List<CameraFigures> Peers(string what) => [.. figures.Where(row => row.Case == what && row.Kind == ContenderKind.Peer)];
}
