using System.Buffers;
using Hardening.Pool;

namespace Hardening.Benchmarks.Tracing;

/// <summary>Gives back what it is asked.</summary>
public class EchoWorker : IJobHandler
{
    public void Run(JobContext job) => job.Result.Write(job.Request);
}

/// <summary>The same with a listener in the worker, which goes with what the application has decided.</summary>
public sealed class ListeningWorker : EchoWorker, IDisposable
{
    private readonly SpanCount? _listener = SpanCount.Listen(share: 1);

    public void Dispose() => _listener?.Dispose();
}
