using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>Which GigE Vision camera, and what it is told. What is null is left as the camera has it.</summary>
public sealed class AravisFrameSourceOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Hardening:AravisFrameSource";

    /// <summary>The name of the camera in metrics and logs. Default <c>aravis</c>.</summary>
    public string Name { get; set; } = "aravis";

    /// <summary>The camera's IPv4 address: the way for production, since it searches nothing. Either this or <see cref="Device"/>.</summary>
    public string? Address { get; set; }

    /// <summary>The camera's id (<c>Vendor-serial</c>) or serial number, as <see cref="AravisCameras.Discover"/> tells it. Searching takes a second and broadcasts on every network of the machine.</summary>
    public string? Device { get; set; }

    /// <summary>The IPv4 address of this machine that the camera shall send to; null: the one from which the camera is reached.</summary>
    public string? InterfaceAddress { get; set; }

    /// <summary>How pixels are sent; one of those that the camera offers.</summary>
    public PixelFormat? PixelFormat { get; set; }

    /// <summary>Pixels in a row of the region of interest, 1 to 65,536.</summary>
    public int? Width { get; set; }

    /// <summary>Rows of the region of interest, 1 to 65,536.</summary>
    public int? Height { get; set; }

    /// <summary>Columns of the sensor left of the region, 0 to 65,535.</summary>
    public int? OffsetX { get; set; }

    /// <summary>Rows of the sensor above the region, 0 to 65,535.</summary>
    public int? OffsetY { get; set; }

    /// <summary>Frames per second, 0.01 to 100,000.</summary>
    public double? FrameRate { get; set; }

    /// <summary>The bytes of one packet with its IP header, 220 to 65,500, and no more than the MTU of the network: 1,500, or 9,000 where it carries jumbo frames, at a quarter of the CPU time per byte.</summary>
    public int? PacketSize { get; set; }

    /// <summary>How long the camera pauses between packets, 0 to 100 ms: cameras that share a link then do not overrun it.</summary>
    public TimeSpan? PacketDelay { get; set; }

    /// <summary>How packets are received. Default <see cref="AravisSocketMode.Udp"/>.</summary>
    public AravisSocketMode SocketMode { get; set; } = AravisSocketMode.Udp;

    /// <summary>The kernel's buffer for packets that were not fetched yet, 64 KiB to 1 GiB: it bridges the time for which this process does not run. Default 64 MiB. Without CAP_NET_ADMIN the system's <c>net.core.rmem_max</c> bounds it; a warning says so.</summary>
    public long ReceiveBufferBytes { get; set; } = 64L << 20;

    /// <summary>Frame buffers that wait to be filled, 2 to 1,024: they bridge the time for which nobody reads. Default 10, a third of a second at 30 frames per second.</summary>
    public int DriverBuffers { get; set; } = 10;

    /// <summary>Whether lost packets are asked for again, if the camera can. A damaged frame then holds later ones back for up to 100 ms. Default true.</summary>
    public bool PacketResend { get; set; } = true;
}

/// <summary>How the packets of a stream are received.</summary>
public enum AravisSocketMode
{
    /// <summary>A plain UDP socket with a large receive buffer.</summary>
    Udp,

    /// <summary>A packet socket with a ring of 32 MiB: half the CPU time, 2 to 5 ms more latency; needs CAP_NET_RAW, without which it is a UDP socket after all.</summary>
    Packet,
}

/// <summary>By hand rather than by attribute: it says why, relates properties, and needs no reflection (AOT).</summary>
internal sealed class AravisFrameSourceOptionsValidator : IValidateOptions<AravisFrameSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, AravisFrameSourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Name), nameof(options.Name), "must not be empty");
        Check(
            string.IsNullOrWhiteSpace(options.Address) != string.IsNullOrWhiteSpace(options.Device), nameof(options.Address),
            $"or {nameof(options.Device)} must be set, and not both: they say which camera it is");
        CheckAddress(nameof(options.Address), options.Address);
        CheckAddress(nameof(options.InterfaceAddress), options.InterfaceAddress);
        CheckRange(nameof(options.Width), options.Width, 1, 65_536);
        CheckRange(nameof(options.Height), options.Height, 1, 65_536);
        CheckRange(nameof(options.OffsetX), options.OffsetX, 0, 65_535);
        CheckRange(nameof(options.OffsetY), options.OffsetY, 0, 65_535);
        CheckRange(nameof(options.FrameRate), options.FrameRate, 0.01, 100_000);
        CheckRange(nameof(options.PacketSize), options.PacketSize, 220, 65_500);
        CheckRange(nameof(options.PacketDelay), options.PacketDelay, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Check(Enum.IsDefined(options.SocketMode), nameof(options.SocketMode), $"must be {AravisSocketMode.Udp} or {AravisSocketMode.Packet}, but is {options.SocketMode}");
        CheckRange<long>(nameof(options.ReceiveBufferBytes), options.ReceiveBufferBytes, 64 << 10, 1 << 30);
        CheckRange<int>(nameof(options.DriverBuffers), options.DriverBuffers, 2, 1024);
        return result.Build();

        void CheckAddress(string property, string? value) =>
            Check(
                string.IsNullOrWhiteSpace(value) || IsHost(value), property,
                $"must be the IPv4 address of one host, such as 192.168.1.10, but is '{value}'");

        void CheckRange<T>(string property, T? value, T least, T most)
            where T : struct, IComparable<T> =>
            Check(value is not { } given || (given.CompareTo(least) >= 0 && given.CompareTo(most) <= 0), property, $"must be {least} to {most}, but is {value}");

        void Check(bool holds, string property, string otherwise)
        {
            if (!holds)
            {
                result.AddError(otherwise + ".", property);
            }
        }
    }

    // "1" and "10.1" are addresses to IPAddress.Parse, and typing errors to everyone else.
    private static bool IsHost(string text) =>
        text.Count(c => c == '.') == 3
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
        && address.GetAddressBytes()[0] is > 0 and < 224;
}
