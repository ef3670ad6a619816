using Hardening.Camera;
using Hardening.Pool;
using Inspection.Telemetry;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The inspection in a process of its own: the frame is read where the application has it, and the picture is drawn where the application finds it.</summary>
internal sealed class InspectionWorker : IJobHandler, IDisposable
{
    private const int WarmUpSide = 64;
    private const int WarmUpFrames = 3;
    private const int Channels = 3;

    private readonly InspectionsBySize _inspections = new();
    private readonly OtlpExport? _export = OtlpExport.StartInWorker();

    /// <summary>Compiles the image work before the worker says that it is ready.</summary>
    public InspectionWorker()
    {
        var inspection = new FrameInspection(WarmUpSide, WarmUpSide);
        var pixels = new byte[WarmUpSide * WarmUpSide];
        for (var i = 0; i < WarmUpFrames; i++)
        {
            inspection.Inspect(pixels, WarmUpSide);
        }
    }

    public void Dispose() => _export?.Dispose();

    public void Run(JobContext job)
    {
        var frame = job.Frame(0);
        var inspection = _inspections.Of(frame.Width, frame.Height);
        var pictureBytes = Annotation.Bytes(frame.Width, frame.Height);
        var hasRoom = job.Output.Length >= pictureBytes; // not where a camera sends larger frames than it was asked for: its picture stays here
        var report = inspection.Inspect(frame.Pixels, frame.Stride, hasRoom ? job.Output[..pictureBytes] : inspection.Picture);
        if (hasRoom)
        {
            job.ReturnOutput(frame.Width, frame.Height, frame.Width * Channels, PixelFormat.RGB8, pictureBytes);
        }

        job.Result.Advance(report.Write(job.Result.GetSpan(DefectReport.MaxBytes)));
    }
}
