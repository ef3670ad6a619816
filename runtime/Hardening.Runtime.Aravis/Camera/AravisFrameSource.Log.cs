using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Camera;

/// <content>What a GigE Vision camera logs: event ids 4150 to 4159.</content>
public sealed partial class AravisFrameSource
{
    private ILogger _logger = NullLogger.Instance;

    [LoggerMessage(4150, LogLevel.Information, "Camera {Camera} at {Address} is {Device}: {Width}x{Height} {PixelFormat} at {FrameRate} Hz, {PayloadBytes} bytes, over {Interface} (MTU {Mtu}).")]
    private partial void LogOpened(string camera, IPAddress address, string device, int width, int height, PixelFormat pixelFormat, double? frameRate, int payloadBytes, string? @interface, int? mtu);

    [LoggerMessage(4151, LogLevel.Warning, "Camera {Camera}: the kernel's receive buffer has {Bytes} bytes instead of {Wanted}, so frames are lost whenever this process pauses for long. Allow more: sysctl -w net.core.rmem_max={Wanted}, or CAP_NET_ADMIN.")]
    private partial void LogSmallReceiveBuffer(string camera, long bytes, long wanted);

    [LoggerMessage(4152, LogLevel.Warning, "Camera {Camera}: no packet socket, which needs CAP_NET_RAW; frames come through a UDP socket.")]
    private partial void LogNoPacketSocket(string camera);

    [LoggerMessage(4153, LogLevel.Warning, "Camera {Camera} sends frames that are no plain images (several parts, for example), which cannot be used here; switch that off in the camera.")]
    private partial void LogNotImages(string camera);

    [LoggerMessage(4154, LogLevel.Warning, "Camera {Camera} at {Address} does not answer while it is closed; this goes on in the background.")]
    private partial void LogClosesLate(string camera, IPAddress address);

    [LoggerMessage(4155, LogLevel.Warning, "libaravis is 0.8.{Version}, older than 0.8.{Verified}, with which this was verified.")]
    private partial void LogOldLibrary(uint version, int verified);

    [LoggerMessage(4156, LogLevel.Warning, "Camera {Camera} cannot try out how large its packets may be, and sends them with {Bytes} bytes; {Interface} carries {Mtu} (its MTU). Larger ones cost less CPU time: set PacketSize to what the network carries.")]
    private partial void LogPacketSizeNotTried(string camera, long bytes, string? @interface, int? mtu);

    [LoggerMessage(4158, LogLevel.Information, "Camera {Camera}: its clock follows the network's (PTP: {State}).")]
    private partial void LogClockFollows(string camera, string state);

    [LoggerMessage(4159, LogLevel.Warning, "Camera {Camera}: its clock does not follow the network's (PTP: {State}); timestamps are of the camera's own clock until it does.")]
    private partial void LogClockAlone(string camera, string state);
}
