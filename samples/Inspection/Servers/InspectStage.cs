using Hardening.Camera;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The inspection on one worker thread, which keeps its buffers from frame to frame.</summary>
internal sealed class InspectStage(int width, int height, FrameResult<DefectReport> reports, PictureBoard pictures) : IFrameStage
{
    private FrameInspection _inspection = new(width, height);
    private (int Width, int Height) _size = (width, height);

    public void Process(in Frame frame, CancellationToken stop)
    {
        ref readonly var info = ref frame.Info;
        if (_size != (info.Width, info.Height)) // a camera may refuse the size that it was asked for
        {
            _size = (info.Width, info.Height);
            _inspection = new FrameInspection(info.Width, info.Height);
        }

        reports.Set(frame, _inspection.Inspect(frame.Pixels, info.Stride));
        _inspection.Picture = pictures.Exchange(info.Camera, _inspection.Picture);
    }
}
