using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>Which GigE Vision camera, and what it is told. What is null is left as the camera has it.</summary>
public sealed class AravisFrameSourceOptions
{
    /// <summary>A configuration section for these options: an application binds it for itself.</summary>
    public const string SectionName = "Hardening:AravisFrameSource";

    /// <summary>The name of the camera in metrics and logs. Default <c>aravis</c>.</summary>
    public string Name { get; set; } = "aravis";

    /// <summary>The camera's IPv4 address: the way for production, since it searches nothing. Either this or <see cref="Device"/>.</summary>
    public string? Address { get; set; }

    /// <summary>
    /// The camera's id (<c>Vendor-serial</c>), serial number, MAC address, or the name that its user gave it, as <see cref="AravisCameras.Discover"/> tells them.
    /// Searching takes up to a second, and broadcasts on every network of the machine, or on that of <see cref="InterfaceAddress"/>.
    /// </summary>
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

    /// <summary>
    /// The bytes of one packet with its IP header, 220 to 65,500, and no more than the MTU of the network: 1,500, or 9,000 where it carries jumbo frames, at a quarter of the CPU time per byte. Null:
    /// the largest that arrives, which the camera tries out with test packets at every opening; one that cannot is left as it is, and a warning says so.
    /// </summary>
    public int? PacketSize { get; set; }

    /// <summary>How long the camera pauses between packets, 0 to 100 ms: cameras that share a link then do not overrun it.</summary>
    public TimeSpan? PacketDelay { get; set; }

    /// <summary>When the camera takes a picture; null: as the camera has it.</summary>
    public AravisTrigger? Trigger { get; set; }

    /// <summary>The line that triggers, in the camera's own terms, such as <c>Line1</c>: with <see cref="AravisTrigger.Line"/>, and only with it.</summary>
    public string? TriggerLine { get; set; }

    /// <summary>Which edge of the line triggers, in the camera's own terms, such as <c>RisingEdge</c>: with <see cref="AravisTrigger.Line"/>, and only with it.</summary>
    public string? TriggerActivation { get; set; }

    /// <summary>How long after the trigger the exposure begins, 0 to 1 min: with <see cref="AravisTrigger.Line"/> or <see cref="AravisTrigger.Software"/>.</summary>
    public TimeSpan? TriggerDelay { get; set; }

    /// <summary>
    /// The values that shall come with each frame (chunk data), by the names of their features, such as <c>ChunkExposureTime</c>; they are in <see cref="FrameInfo.Metadata"/>.
    /// Others are switched off. An empty list switches all off; null leaves it to the camera. At most 32.
    /// </summary>
    public IReadOnlyList<string>? Chunks { get; set; }

    /// <summary>Whether the camera's clock follows the network's (IEEE 1588, PTP): its timestamps are then comparable between cameras. Null: as the camera has it.</summary>
    public bool? Ptp { get; set; }

    /// <summary>How long opening waits until the clock follows, 0 to 10 min; default 0: frames come at once, as those of <see cref="FrameClock.Device"/> until it does. After the limit they come all the same.</summary>
    public TimeSpan PtpWait { get; set; }

    /// <summary>How often it is looked whether the clock still follows, 100 ms to 1 h; default 5 s. So long a frame may carry the wrong <see cref="FrameInfo.DeviceClock"/>.</summary>
    public TimeSpan PtpCheckEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Any further features, as <c>Name=Value</c>, or <c>Name</c> for a command: set in this order at every opening, after everything else here. A feature may
    /// come several times, as selectors do. Numbers in the invariant culture.
    /// </summary>
    public IReadOnlyList<string> Features { get; set; } = [];

    /// <summary>How packets are received. Default <see cref="AravisSocketMode.Udp"/>.</summary>
    public AravisSocketMode SocketMode { get; set; } = AravisSocketMode.Udp;

    /// <summary>The kernel's buffer for packets that were not fetched yet, 64 KiB to 1 GiB: it bridges the time for which this process does not run. Default 64 MiB. Without CAP_NET_ADMIN the system's <c>net.core.rmem_max</c> bounds it; a warning says so.</summary>
    public long ReceiveBufferBytes { get; set; } = 64L << 20;

    /// <summary>Frame buffers that wait to be filled, 2 to 1,024: they bridge the time for which nobody reads. Default 10, a third of a second at 30 frames per second.</summary>
    public int DriverBuffers { get; set; } = 10;

    /// <summary>Whether lost packets are asked for again, if the camera can. A damaged frame then holds later ones back for up to <see cref="FrameRetention"/>. Default true.</summary>
    public bool PacketResend { get; set; } = true;

    /// <summary>How much of a frame may be asked for again, as a share of its packets, 0 to 2: a frame that lost more is given up, so that a bad link is not filled with requests. Default 0.25.</summary>
    public double PacketRequestRatio { get; set; } = 0.25;

    /// <summary>How long a packet may be late before it is asked for, 0 to 1 s: packets overtake each other in a network. Default 1 ms.</summary>
    public TimeSpan InitialPacketTimeout { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a packet that was asked for may take before it is asked for again, 1 ms to 1 s. Default 20 ms.</summary>
    public TimeSpan PacketTimeout { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long after its last packet a frame may stay unfinished, at least <see cref="PacketTimeout"/>, up to 10 s: so much later than others a damaged frame may come. Default 100 ms.</summary>
    public TimeSpan FrameRetention { get; set; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>When a camera takes a picture.</summary>
public enum AravisTrigger
{
    /// <summary>All the time, at its own rate.</summary>
    FreeRun,

    /// <summary>When <see cref="AravisFrameSource.Trigger"/> is called.</summary>
    Software,

    /// <summary>When an input of the camera says so.</summary>
    Line,
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
    private const int MostChunks = 32;

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
        CheckTrigger();
        CheckRange<double>(nameof(options.PacketRequestRatio), options.PacketRequestRatio, 0, 2);
        CheckRange<TimeSpan>(nameof(options.InitialPacketTimeout), options.InitialPacketTimeout, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        CheckRange<TimeSpan>(nameof(options.PacketTimeout), options.PacketTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        CheckRange<TimeSpan>(nameof(options.FrameRetention), options.FrameRetention, options.PacketTimeout, TimeSpan.FromSeconds(10));
        CheckRange<TimeSpan>(nameof(options.PtpWait), options.PtpWait, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        CheckRange<TimeSpan>(nameof(options.PtpCheckEvery), options.PtpCheckEvery, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Check(
            options.Chunks is null || (options.Chunks.Count <= MostChunks && options.Chunks.All(chunk => !string.IsNullOrWhiteSpace(chunk)) && options.Chunks.Distinct(StringComparer.Ordinal).Count() == options.Chunks.Count),
            nameof(options.Chunks), $"must be names of features, each once, and {MostChunks} at most, but is '{string.Join(", ", options.Chunks ?? [])}'");
        foreach (var setting in options.Features)
        {
            Check(FeatureText.Part(setting ?? "").Name.Length > 0, nameof(options.Features), $"must be Name=Value, or Name for a command, but one is '{setting}'");
        }

        return result.Build();

        void CheckTrigger()
        {
            Check(options.Trigger is not { } trigger || Enum.IsDefined(trigger), nameof(options.Trigger), $"must be one of {string.Join(", ", Enum.GetNames<AravisTrigger>())}, but is {options.Trigger}");
            Check(
                (options.Trigger == AravisTrigger.Line) == !string.IsNullOrWhiteSpace(options.TriggerLine), nameof(options.TriggerLine),
                $"must be set with {nameof(options.Trigger)} {AravisTrigger.Line}, and only with it, but is '{options.TriggerLine}' with {options.Trigger?.ToString() ?? "none"}");
            Check(
                options.Trigger == AravisTrigger.Line || options.TriggerActivation is null, nameof(options.TriggerActivation),
                $"needs {nameof(options.Trigger)} {AravisTrigger.Line}, but is '{options.TriggerActivation}' with {options.Trigger?.ToString() ?? "none"}");
            Check(
                options.Trigger is AravisTrigger.Line or AravisTrigger.Software || options.TriggerDelay is null, nameof(options.TriggerDelay),
                $"needs {nameof(options.Trigger)} {AravisTrigger.Line} or {AravisTrigger.Software}, but is {options.TriggerDelay} with {options.Trigger?.ToString() ?? "none"}");
            CheckRange(nameof(options.TriggerDelay), options.TriggerDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }

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
