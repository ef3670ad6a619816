using System.Buffers;
using Hardening.Pool;

namespace Hardening.TestWorker.Pool;

/// <summary>The result is the request; a frame comes back as the output, where there is one.</summary>
public sealed class EchoHandler : IJobHandler
{
    public void Run(JobContext job)
    {
        job.Result.Write(job.Request);
        if (job is { HasOutput: true, FrameCount: > 0 })
        {
            var frame = job.Frame(0);
            frame.Pixels.CopyTo(job.Output);
            job.ReturnOutput(frame.Width, frame.Height, frame.Stride, frame.PixelFormat, frame.Pixels.Length);
        }
    }
}
