using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Hardening.Camera;

namespace Inspection.Cameras;

/// <summary>
/// Simulated GigE Vision cameras: as many processes as cameras, one loopback address each. All are ended when this is disposed, and when the program is gone, SIGKILL included.
/// </summary>
internal sealed class CameraFarm : IAsyncDisposable
{
    private const string Loopback = "127.0.0.1";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);

    private readonly List<SimulatedCamera> _cameras = [];

    private CameraFarm()
    {
    }

    /// <summary>In the order of their addresses.</summary>
    public IReadOnlyList<SimulatedCamera> Cameras => _cameras;

    /// <summary>Why simulated cameras cannot be had here at all; null: they can.</summary>
    public static string? Obstacle =>
        !OperatingSystem.IsLinux() ? "--cameras with --source aravis simulates cameras, which is for Linux; give the --address of each camera, or use --source synthetic"
        : Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, SimulatedCamera.Program))) is true ? null
        : $"--cameras with --source aravis simulates cameras with {SimulatedCamera.Program}, which is not installed: apt-get install aravis-tools";

    /// <summary>Starts cameras, and returns once all of them answer.</summary>
    /// <param name="count">How many.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="stop">Gives up; what was started is ended.</param>
    /// <exception cref="FrameSourceException">There are too few addresses, or a camera cannot be started or does not answer.</exception>
    public static async Task<CameraFarm> StartAsync(int count, TimeProvider time, CancellationToken stop)
    {
        var addresses = FindAddresses(count);
        var farm = new CameraFarm();
        try
        {
            foreach (var address in addresses)
            {
                farm._cameras.Add(await SimulatedCamera.StartAsync(address, stop).ConfigureAwait(false));
            }

            await farm.WaitUntilAllAnswerAsync(time, stop).ConfigureAwait(false);
            return farm;
        }
        catch
        {
            await farm.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The cameras that have ended by themselves, and how.</summary>
    public async Task<IReadOnlyList<string>> ExplainEndsAsync(CancellationToken stop)
    {
        var ends = new List<string>();
        foreach (var camera in _cameras.Where(camera => camera.HasEnded))
        {
            ends.Add($"The simulated camera at {camera.Address} {await camera.ExplainEndAsync(stop).ConfigureAwait(false)}.");
        }

        return ends;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_cameras.Select(camera => camera.DisposeAsync().AsTask())).ConfigureAwait(false);

    // The simulator looks its address up among those of the interfaces: that all of 127.0.0.0/8 leads to this machine is not enough.
    private static IPAddress[] FindAddresses(int count)
    {
        var all = NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork)
            .OrderBy(address => address.ToString() == Loopback) // the one that everybody uses comes last
            .ThenBy(address => BitConverter.ToUInt32([.. address.GetAddressBytes().Reverse()]))
            .ToArray();
        return all.Length >= count ? all[..count] : throw new FrameSourceException(
            "simulated",
            $"{count} simulated cameras need an address on loopback each, and it has {all.Length} ({string.Join(", ", all.AsEnumerable())}): a network of their own was refused to this user (unshare --net). "
            + $"Run it as root, allow user namespaces, or add addresses: for i in $(seq 2 {count + 1}); do ip address add 127.0.0.$i/8 dev lo; done");
    }

    private async Task WaitUntilAllAnswerAsync(TimeProvider time, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        var silent = _cameras.ToDictionary(camera => camera.Address.ToString(), StringComparer.Ordinal);
        while (silent.Count > 0)
        {
            foreach (var camera in await Task.Run(() => AravisCameras.Discover(Round, Loopback, stop), stop).ConfigureAwait(false))
            {
                if (silent.Remove(camera.Address, out var simulated) && simulated.Serial != camera.SerialNumber)
                {
                    throw new FrameSourceException(simulated.Serial, $"At {camera.Address} another camera answers ({camera.Id}): end it, or use it with --address {camera.Address}");
                }
            }

            if (_cameras.FirstOrDefault(camera => camera.HasEnded) is { } ended)
            {
                throw new FrameSourceException(ended.Serial, $"The simulated camera at {ended.Address} {await ended.ExplainEndAsync(stop).ConfigureAwait(false)}; try '{SimulatedCamera.Program} -i {ended.Address}' by hand");
            }

            if (silent.Count > 0 && time.GetElapsedTime(begin) > StartLimit)
            {
                throw new FrameSourceException("simulated", $"The simulated cameras at {string.Join(", ", silent.Keys)} did not answer within {StartLimit.TotalSeconds} s; is something else listening on UDP port 3956?");
            }
        }
    }
}
