namespace Hardening.Camera;

/// <summary>A camera cannot be opened, or is gone. The message says what happened, to which camera, and what to do.</summary>
/// <remarks>At the start it is thrown to the caller: mend what it says, or set <see cref="FrameReconnectOptions.StartWithout"/>. Later there is nothing to catch: the pipeline opens the camera again by itself and counts the outage.</remarks>
public sealed class FrameSourceException : IOException
{
    /// <summary>Names the camera and what happened to it.</summary>
    public FrameSourceException(string source, string message, Exception? innerException = null)
        : base(message, innerException) => SourceName = source;

    /// <summary>The <see cref="IFrameSource.Name"/> of the camera.</summary>
    public string SourceName { get; }

    /// <summary>The status or error code that the device or its driver gave; null when there is none.</summary>
    public string? DeviceStatus { get; init; }
}
