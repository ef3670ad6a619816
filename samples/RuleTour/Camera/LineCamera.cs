namespace RuleTour.Camera;

/// <summary>A camera as vendors' libraries have it: it lends each frame for the time of the call, on a thread of its own.</summary>
internal abstract class LineCamera
{
    public abstract event EventHandler<LineFrame>? FrameArrived;
}

/// <summary>A frame in the driver's memory.</summary>
internal sealed record LineFrame(nint Data, int Width, int Height);
