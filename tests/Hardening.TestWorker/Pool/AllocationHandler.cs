using System.Buffers.Text;
using Hardening.Pool;

namespace Hardening.TestWorker.Pool;

/// <summary>The result is how many bytes the thread that does the jobs has ever allocated; it looks at its token where the request says "token".</summary>
public sealed class AllocationHandler : IJobHandler
{
    public void Run(JobContext job)
    {
        if (job.Request.SequenceEqual("token"u8))
        {
            job.Cancellation.ThrowIfCancellationRequested();
        }

        Utf8Formatter.TryFormat(GC.GetAllocatedBytesForCurrentThread(), job.Result.GetSpan(32), out var length);
        job.Result.Advance(length);
    }
}
