using System.Diagnostics;
using System.Text;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Serving;

/// <summary>What the host says of the traces that jobs belong to, and the spans of a worker. One thread's. Allocates nothing for a job but where the worker itself has a listener, or the handler asks.</summary>
internal sealed class WorkTracing
{
    private readonly byte[] _bytes = new byte[TraceContext.MaxBytes];
    private readonly string _name;
    private readonly KeyValuePair<string, object?>[] _tags;
    private int _count;
    private ulong _job;

    /// <param name="pool">The pool's name.</param>
    public WorkTracing(string pool)
    {
        _name = $"work {pool}";
        _tags = [new("hardening.pool.name", pool), new("hardening.worker.pid", Environment.ProcessId)];
    }

    /// <summary>A context came, for a job that comes behind it, unless that is taken back.</summary>
    public void Keep(ulong job, ReadOnlySpan<byte> payload)
    {
        _job = job;
        if (payload.Length > _bytes.Length)
        {
            payload = payload[..Math.Clamp(payload.IndexOf((byte)'\n'), 0, _bytes.Length)]; // a tracestate that is too long is none
        }

        payload.CopyTo(_bytes);
        _count = payload.Length;
    }

    /// <summary>The traceparent of this job; null where it has none that is valid.</summary>
    public string? Parent(ulong job) => TrySplit(job, out var parent, out _) ? Encoding.ASCII.GetString(parent) : null;

    /// <summary>Its tracestate; null where it has none.</summary>
    public string? State(ulong job) => TrySplit(job, out _, out var state) && !state.IsEmpty ? Encoding.ASCII.GetString(state) : null;

    /// <summary>A handler begins with this job: its span is the present one. A job that came without a context begins a trace.</summary>
    /// <returns>Null where nobody wants one, and for the job 0, which is none of the pool's.</returns>
    public Activity? Begin(ulong job) => RuntimeTracing.IsOn && job != 0 ? Start(job) : null;

    private Activity? Start(ulong job)
    {
        Activity.Current = null; // whatever the handler before has left there
        _ = TraceContext.TryRead(Bytes(job), out var parent);
        return RuntimeTracing.Source.StartActivity(_name, ActivityKind.Server, parent, _tags);
    }

    private bool TrySplit(ulong job, out ReadOnlySpan<byte> parent, out ReadOnlySpan<byte> state) => TraceContext.TrySplit(Bytes(job), out parent, out state);

    private ReadOnlySpan<byte> Bytes(ulong job) => _job == job ? _bytes.AsSpan(0, _count) : default;
}
