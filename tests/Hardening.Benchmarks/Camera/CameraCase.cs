using Hardening.Benchmarks.Camera.Sides;
using Hardening.Benchmarks.Peers;

namespace Hardening.Benchmarks.Camera;

internal enum CameraCaseKind
{
    /// <summary>By the cameras' schedule: it counts how late results are.</summary>
    Paced,

    /// <summary>As fast as possible.</summary>
    Fast,

    /// <summary>More work than the machine can do.</summary>
    Overload,

    /// <summary>Something is wrong with one camera.</summary>
    Fault,

    /// <summary>More and more cameras.</summary>
    Growth,
}

/// <summary>What the cameras send, and what is to be done with it.</summary>
/// <param name="Key">Its name in the figures.</param>
/// <param name="Group">Its name on the command line.</param>
/// <param name="Title">What a reader is told.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Workload">The workload.</param>
internal sealed record CameraCase(string Key, string Group, string Title, CameraCaseKind Kind, Workload Workload)
{
    public static readonly IReadOnlyList<string> Groups = ["paced", "sync", "fast", "overload", "faults", "growth"];

    private static readonly Workload Usual = new(Cameras: 5, Width: 1280, Height: 1024, Rate: 30, IsSynchronous: false, WarmUp: 2, Seconds: 6, WorkMilliseconds: 0, Overflow.DropOldest, Queue: 4);

    private static readonly int[] Growing = [1, 4, 16, 64];

    public static IReadOnlyList<CameraCase> All(bool isShort)
    {
        var usual = isShort ? Usual with { Width = 320, Height = 240, WarmUp = 0.1, Seconds = 0.4 } : Usual;
        var overload = usual with { WorkMilliseconds = 20, Seconds = isShort ? 0.4 : 5 };
        CameraCase[] all =
        [
            new("paced", "paced", "5 cameras, 30 frames/s each, spread over the period", CameraCaseKind.Paced, usual),
            new("sync", "sync", "the same, all at once", CameraCaseKind.Paced, usual with { IsSynchronous = true }),
            new("fast", "fast", "5 cameras, as fast as possible", CameraCaseKind.Fast, usual with { Rate = 0, WhenFull = Overflow.Wait, Queue = 2, Seconds = isShort ? 0.4 : 4 }),
            new("overload", "overload", "20 ms of work a frame, 3 cores' worth for 2: the oldest is dropped", CameraCaseKind.Overload, overload),
            new("overload, latest", "overload", "the same, the newest frame wins", CameraCaseKind.Overload, overload with { WhenFull = Overflow.Latest }),
            new("overload, deadline", "overload", "the same, none is worked on after 66 ms", CameraCaseKind.Overload, overload with { WhenFull = Overflow.Deadline }),
            .. CameraFault.All.Select(fault => new CameraCase($"fault: {fault.Key}", "faults", fault.Title, CameraCaseKind.Fault, usual with { WarmUp = isShort ? 0.1 : 1, Seconds = isShort ? 0.4 : 3 })),
            .. Growing.Where(cameras => !isShort || cameras is 1 or 64).Select(cameras => new CameraCase(
                $"{cameras} cameras", "growth", $"{cameras} cameras of 160x120, 30 frames/s each", CameraCaseKind.Growth, usual with { Cameras = cameras, Width = 160, Height = 120, Seconds = isShort ? 0.4 : 5 })),
        ];
        return isShort ? [.. all.Where(what => what.Key is not ("sync" or "overload, latest"))] : all;
    }
}
