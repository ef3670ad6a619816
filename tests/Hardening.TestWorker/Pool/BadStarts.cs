using System.Buffers;
using Hardening.Pool;

namespace Hardening.TestWorker.Pool;

/// <summary>Handlers that do not get ready: one throws, one never returns.</summary>
public sealed class ThrowingStartHandler : IJobHandler
{
    public ThrowingStartHandler() => throw new InvalidOperationException("The model is missing.");

    public void Run(JobContext job) => job.Result.Write(job.Request);
}

/// <summary>As above.</summary>
public sealed class HangingStartHandler : IJobHandler
{
    public HangingStartHandler() => Thread.Sleep(Timeout.Infinite);

    public void Run(JobContext job) => job.Result.Write(job.Request);
}
