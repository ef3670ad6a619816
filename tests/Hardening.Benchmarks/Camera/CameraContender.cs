using System.Diagnostics;
using Hardening.Benchmarks.Camera.Sides;
using Hardening.Benchmarks.Peers;
using Hardening.Benchmarks.Pool;

namespace Hardening.Benchmarks.Camera;

/// <summary>Who is measured, in which case. Each measurement is a program of its own that says when the time that counts begins and ends, and prints its figures as one line of JSON.</summary>
/// <param name="Case">What is measured.</param>
/// <param name="Name">Who.</param>
/// <param name="Kind">Ours, a peer, or the floor: nothing handed over.</param>
/// <param name="Start">The program; a new one each time.</param>
internal sealed record CameraContender(CameraCase Case, string Name, ContenderKind Kind, Func<ProcessStartInfo> Start)
{
    public const string Ours = "ours, 2 workers";
    public const string OursWatched = "ours, 2 workers, watched";
    public const string OurCameras = "ours, on the cameras' threads";
    public const string OurProcesses = "ours, 2 worker processes";
    public const string Direct = "each camera's thread does all itself";
    public const string CopyAndKernel = "copy and kernel, 2 threads";

    /// <summary>Those whom this program itself measures.</summary>
    public static IEnumerable<CameraContender> OfThisProgram(CameraCase what, bool withPeers)
    {
        if (what.Kind == CameraCaseKind.Fault)
        {
            var fault = CameraFault.All.First(fault => what.Key.EndsWith($" {fault.Key}", StringComparison.Ordinal));
            return [Side(fault.Who, fault.NeedsProcesses ? OurProcesses : Ours, ContenderKind.Ours)];
        }

        (string Who, string Name, ContenderKind Kind)[] all =
        [
            .. what.Kind == CameraCaseKind.Fast ? new[] { ("copy", "copy alone, 2 threads", ContenderKind.Floor), ("kernel", "kernel alone, 2 threads", ContenderKind.Floor), ("copy-kernel", CopyAndKernel, ContenderKind.Floor) } : [],
            .. what.Kind != CameraCaseKind.Overload ? new[] { ("direct", Direct, ContenderKind.Floor) } : [],
            ("ours", Ours, ContenderKind.Ours),
            .. what.Kind is CameraCaseKind.Paced or CameraCaseKind.Fast ? new[] { ("ours-watched", OursWatched, ContenderKind.Ours), ("ours-cameras", OurCameras, ContenderKind.Ours), ("ours-processes", OurProcesses, ContenderKind.Ours) } : [],
            .. withPeers ? Peers(what) : [],
        ];
        return all.Select(one => Side(one.Who, one.Name, one.Kind));

        CameraContender Side(string who, string name, ContenderKind kind) => new(what, name, kind, () => CameraSide.Start(who, what.Workload));
    }

    // Who has no such policy takes no part.
    private static IEnumerable<(string Who, string Name, ContenderKind Kind)> Peers(CameraCase what)
    {
        (string Who, string Name)[] peers = (what.Kind, what.Workload.WhenFull) switch
        {
            (CameraCaseKind.Overload, not Overflow.DropOldest) => [("channels", "Channels + ArrayPool")],
            (CameraCaseKind.Growth, _) => [("channels", "Channels + ArrayPool")],
            _ => [("naive", "C#, naive"), ("dataflow", "TPL Dataflow"), ("dataflow-pooled", "TPL Dataflow + ArrayPool"), ("channels", "Channels + ArrayPool")],
        };
        return peers.Select(peer => (peer.Who, peer.Name, ContenderKind.Peer));
    }
}
