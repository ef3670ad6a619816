using Hardening.Camera;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The inspection on one worker thread, which keeps its buffers from frame to frame.</summary>
internal sealed class InspectStage(FrameResult<DefectReport> reports, PictureBoard pictures) : IFrameStage
{
    private readonly InspectionsBySize _inspections = new();

    public void Process(in Frame frame, CancellationToken stop)
    {
        ref readonly var info = ref frame.Info;
        var inspection = _inspections.Of(info.Width, info.Height);
        reports.Set(frame, inspection.Inspect(frame.Pixels, info.Stride));
        inspection.Picture = pictures.Exchange(info.Camera, inspection.Picture);
    }
}
