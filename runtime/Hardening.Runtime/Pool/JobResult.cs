using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Hardening.Camera;
using Hardening.Pool.Jobs;

namespace Hardening.Pool;

/// <summary>What a worker answered, lent until it is disposed: its memory is used again then. To be disposed once, by one owner.</summary>
/// <remarks>A result that is never disposed is left to the garbage collector, but its frame stays taken. A default value holds nothing.</remarks>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Two results are never the same right.")]
public readonly struct JobResult : IDisposable
{
    private readonly PoolJob? _job;
    private readonly int _use;

    internal JobResult(PoolJob job) => (_job, _use) = (job, job.Use);

    /// <summary>The bytes that the worker answered.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed before.</exception>
    public ReadOnlySpan<byte> Payload => Memory.Span;

    /// <summary>The same bytes for code that awaits.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed before.</exception>
    public ReadOnlyMemory<byte> Memory => _job is null ? default : Checked.Answer;

    /// <summary>Whether the worker has written a frame into the memory that it was given.</summary>
    public bool HasFrame => _job is not null && !Checked.AnswerFrame.IsEmpty;

    /// <summary>That frame. It ends with this result: keep it longer with a lease of its own.</summary>
    public FrameLease Frame => _job is null ? default : Checked.AnswerFrame;

    private PoolJob Checked => _job!.Use == _use
        ? _job
        : throw new ObjectDisposedException(nameof(JobResult), "The result of this job was disposed before: its memory may hold another one by now. Copy what is needed longer.");

    /// <summary>Gives the memory, and the frame, back.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed before.</exception>
    public void Dispose() => (_job is null ? null : Checked)?.Recycle();
}
