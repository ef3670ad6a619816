using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>What hosts that agree on cameras log: 5050 to 5059.</summary>
internal static partial class CameraOwnershipLog
{
    [LoggerMessage(5050, LogLevel.Debug, "Host {Host} stands in line for camera {Camera} of {Cameras}.")]
    public static partial void InLine(this ILogger logger, string host, string cameras, string camera);

    [LoggerMessage(5051, LogLevel.Information, "Host {Host} has the right to run camera {Camera} of {Cameras}, in its term {Term}: it was {Before}, by host {Former}. It is opened in {Wait}.")]
    public static partial void CameraAcquired(this ILogger logger, string host, string cameras, string camera, long term, string before, string? former, TimeSpan wait);

    [LoggerMessage(5052, LogLevel.Information, "Host {Host} has given up camera {Camera} of {Cameras}: {End}.")]
    public static partial void CameraGivenUp(this ILogger logger, string host, string cameras, string camera, OwnershipEnd end);

    [LoggerMessage(5053, LogLevel.Warning, "Host {Host} has lost the right to run camera {Camera} of {Cameras}, since no broker has confirmed it for {ReleaseAfter}, and closes it.")]
    public static partial void OwnershipLapsed(this ILogger logger, string host, string cameras, string camera, TimeSpan releaseAfter);

    [LoggerMessage(5054, LogLevel.Warning, "Camera {Camera} of {Cameras} was without a host for {Gap}: from its last frame at {Former} to its first at {Host}.")]
    public static partial void CameraTakenOver(this ILogger logger, string cameras, string camera, TimeSpan gap, string? former, string host);

    [LoggerMessage(5055, LogLevel.Warning, "Host {Host} cannot run camera {Camera} of {Cameras}, and tries again in {Pause}.")]
    public static partial void CameraNotRun(this ILogger logger, Exception? exception, string host, string cameras, string camera, TimeSpan pause);

    [LoggerMessage(5056, LogLevel.Warning, "Host {Host} is offered camera {Camera} of {Cameras}, and has {Owned} already, as many as it may have: it stays without a host unless another one stands in line.")]
    public static partial void CameraDeclined(this ILogger logger, string host, string cameras, string camera, int owned);

    [LoggerMessage(5057, LogLevel.Warning, "The broker agreed to a heartbeat of {Heartbeat} only: it may give cameras of {Cameras} to another host before this one lets them go after {ReleaseAfter}. Raise the broker's heartbeat, or lower ReleaseAfter.")]
    public static partial void OwnershipHeartbeatShort(this ILogger logger, TimeSpan heartbeat, string cameras, TimeSpan releaseAfter);

    [LoggerMessage(5058, LogLevel.Warning, "Host {Host} has lost its place in line for camera {Camera} of {Cameras}, and asks for another.")]
    public static partial void PlaceLost(this ILogger logger, Exception? exception, string host, string cameras, string camera);

    [LoggerMessage(5059, LogLevel.Error, "Host {Host} could not close camera {Camera} of {Cameras} in order.")]
    public static partial void CameraNotClosed(this ILogger logger, Exception exception, string host, string cameras, string camera);
}
