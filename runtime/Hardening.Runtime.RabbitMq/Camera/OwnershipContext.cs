using Hardening.Messaging;
using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>What the cameras that hosts agree on share within one host.</summary>
/// <param name="Name">What the cameras are together called.</param>
/// <param name="Options">Checked, and not changed any more.</param>
/// <param name="Connection">Where they stand in line.</param>
/// <param name="Build">Makes the pipeline of one camera, which runs once.</param>
/// <param name="Reconnect">The pauses between attempts to open a camera.</param>
/// <param name="Metrics">What is counted.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where they log.</param>
internal sealed record OwnershipContext(
    string Name, CameraOwnershipOptions Options, RabbitMqConnection Connection, Func<string, FramePipeline> Build, FrameReconnectOptions Reconnect,
    CameraOwnershipMetrics Metrics, TimeProvider Time, ILogger Logger) : IDisposable
{
    /// <summary>This life of this host: tokens of an earlier one are another's.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>How many cameras it has, and may have.</summary>
    public required CameraShare Share { get; init; }

    /// <summary>One camera at a time asks for a place, so that it is known how many the host has when the next one does.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public string Host => Options.HostName;

    /// <summary>Whether the broker takes no messages at present, for want of memory or disk.</summary>
    public bool IsBlocked => Connection.Statistics.IsBlocked;

    public void Dispose() => Turn.Dispose();
}
