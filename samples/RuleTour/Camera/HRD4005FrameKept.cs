using OpenCvSharp;

namespace RuleTour.Camera;

/// <summary>Keeps the latest frame for a preview. Its memory is the camera's, which writes the next frame into it while the preview is drawn.</summary>
internal sealed class Preview(PreviewCamera camera)
{
    private Mat? _latest;

    public Mat? Latest => _latest;

    public void Start() => camera.FrameReady += (_, frame) => _latest = frame; // HRD4005
}

/// <summary>Hands out one image, filled again for each frame.</summary>
internal sealed class PreviewCamera
{
    public event EventHandler<Mat>? FrameReady;

    public void Show(Mat frame) => FrameReady?.Invoke(this, frame);
}
