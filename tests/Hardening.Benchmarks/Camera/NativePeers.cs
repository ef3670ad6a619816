using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Hardening.Benchmarks.Pool;
using Hardening.Processes;

namespace Hardening.Benchmarks.Camera;

/// <summary>Peers in C and Python: compiled here, with the compiler and the libraries that there are.</summary>
internal sealed class NativePeers : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly string[] Optimised = ["-O3", "-march=native"];

    private readonly TimeProvider _time;
    private readonly List<string> _missing;
    private readonly string _place = Directory.CreateTempSubdirectory("hardening-camera-").FullName;
    private readonly List<(string Name, Func<CameraCase, ProcessStartInfo> Start, bool TakesOverload)> _found = [];

    public NativePeers(TimeProvider time, List<string> missing) => (_time, _missing) = (time, missing);

    private string Kernel => Path.Combine(_place, "camera_kernel.so");

    public async Task FindAsync(IReadOnlyList<string> pythons, CancellationToken stop)
    {
        if (await SayAsync("gcc", [.. Optimised, "-shared", "-fPIC", "-o", Kernel, Script("camera_kernel.c")], stop) is null)
        {
            return; // the same kernel for all, or none
        }

        await FindGStreamerAsync(stop);
        foreach (var python in pythons)
        {
            if (await SayAsync(python, [Script("camera_python.py"), "ways"], stop) is { } said)
            {
                var ways = JsonSerializer.Deserialize<Ways>(said, CameraMeasurement.Form)!;
                _found.AddRange(ways.Available.Select(way => (
                    $"{ways.Name}, {Describe(way)}", (Func<CameraCase, ProcessStartInfo>)(what => new ProcessStartInfo(python, [Script("camera_python.py"), "run", way, Kernel, what.Workload.ToString()])), false)));
            }
        }
    }

    public IEnumerable<CameraContender> Of(CameraCase what) => what.Kind is CameraCaseKind.Fault or CameraCaseKind.Growth
        ? []
        : _found.Where(peer => peer.TakesOverload || what.Kind != CameraCaseKind.Overload).Select(peer => new CameraContender(what, peer.Name, ContenderKind.Peer, () => peer.Start(what)));

    public void Dispose() => Directory.Delete(_place, recursive: true);

    private static string Script(string file) => Path.Combine(AppContext.BaseDirectory, "peers", file);

    private static string Describe(string way) => way switch
    {
        "queue" => "multiprocessing.Queue",
        "shared" => "shared memory by hand",
        _ => "threads",
    };

    private async Task FindGStreamerAsync(CancellationToken stop)
    {
        var program = Path.Combine(_place, "camera_gstreamer");
        if (await SayAsync("pkg-config", ["--cflags", "--libs", "gstreamer-app-1.0"], stop) is { } flags
            && await SayAsync("gcc", [.. Optimised, "-o", program, Script("camera_gstreamer.c"), .. flags.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries), "-lpthread"], stop) is not null)
        {
            _found.Add(("GStreamer, kernel in C", what => new ProcessStartInfo(program, [what.Workload.ToString()]), true));
        }
    }

    // What it prints; null, with a note, where it is not there or fails.
    private async Task<string?> SayAsync(string program, IEnumerable<string> arguments, CancellationToken stop)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Limit, _time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo(program, arguments), new SupervisionOptions { StopGracePeriod = TimeSpan.Zero }, end.Token);
            if (result.Exit is { ExitCode: 0, Signal: null })
            {
                return result.StandardOutput;
            }

            _missing.Add($"{program}: {result.StandardError.Trim().Split('\n')[0]}");
        }
        catch (Exception e) when (e is Win32Exception or OperationCanceledException && !stop.IsCancellationRequested)
        {
            _missing.Add($"{program}: {e.Message}");
        }

        return null;
    }

    private sealed record Ways(string Name, [property: System.Text.Json.Serialization.JsonPropertyName("ways")] IReadOnlyList<string> Available);
}
