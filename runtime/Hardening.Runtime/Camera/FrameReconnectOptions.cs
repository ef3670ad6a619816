namespace Hardening.Camera;

/// <summary>How a camera that is gone, or silent, is opened again. Each camera is on its own: the others go on.</summary>
public sealed class FrameReconnectOptions
{
    /// <summary>Whether a camera is opened again. If not, one that breaks is <see cref="CameraState.Failed"/> for good. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether a camera that is silent for <see cref="FramePipelineOptions.SilentAfter"/> is closed and opened again, though it reports no error: most do not. A camera
    /// that waits for a trigger (<see cref="FrameFormat.IsTriggered"/>) is never taken for silent. Default true.
    /// </summary>
    public bool WhenSilent { get; set; } = true;

    /// <summary>The pause before the first attempt. Each further one that fails in a row doubles it. 1 ms to 1 min; default 200 ms.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause between attempts, at least <see cref="FirstDelay"/>, up to 1 h; default 5 s.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>By what share a pause is made longer or shorter, drawn each time, so that cameras behind one switch do not all come back at once. 0 to 0.5; default 0.2.</summary>
    public double Jitter { get; set; } = 0.2;

    /// <summary>
    /// Whether the pipeline starts without the cameras that are not there, and opens them when they come. At least one must be there, or <see cref="FramePipelineOptions.FrameBytes"/> be set, since
    /// the buffers are made at the start. Default false: a missing camera fails the start.
    /// </summary>
    public bool StartWithout { get; set; }
}
