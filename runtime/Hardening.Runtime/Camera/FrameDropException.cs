namespace Hardening.Camera;

/// <summary>Thrown by a stage or a sink to drop the frame for a reason of its own choice, rather than as <see cref="FrameDropReason.StageFailed"/> or <see cref="FrameDropReason.SinkFailed"/>.</summary>
/// <remarks>Throw it where a frame shall be given up on purpose. There is nothing to catch: the pipeline counts the frame under the reason and goes on.</remarks>
public sealed class FrameDropException : Exception
{
    /// <summary>Drops the frame.</summary>
    /// <param name="reason">What it is counted as.</param>
    /// <param name="message">What happened, to what, and what to do; it is logged.</param>
    /// <param name="innerException">Why.</param>
    public FrameDropException(FrameDropReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>What the frame is counted as.</summary>
    public FrameDropReason Reason { get; }
}
