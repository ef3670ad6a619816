using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Hardening.Camera;

namespace Hardening.Pool;

/// <summary>What a worker answered: a value, which is the caller's, and perhaps a frame, which is lent until this is disposed. To be disposed once, by one owner.</summary>
/// <typeparam name="TResult">The value.</typeparam>
/// <remarks>A result that is never disposed keeps its frame taken.</remarks>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Two results are never the same right.")]
public readonly struct JobResult<TResult> : IDisposable
{
    private readonly JobResult _raw;

    internal JobResult(JobResult raw, TResult value) => (_raw, Value) = (raw, value);

    /// <summary>What the worker answered; also after this is disposed.</summary>
    public TResult Value { get; }

    /// <summary>Whether the worker has written a frame into the memory that it was given.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed before.</exception>
    public bool HasFrame => _raw.HasFrame;

    /// <summary>That frame. It ends with this result: keep it longer with a lease of its own.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed before.</exception>
    public FrameLease Frame => _raw.Frame;

    /// <summary>Gives the frame back.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed before.</exception>
    public void Dispose() => _raw.Dispose();
}
