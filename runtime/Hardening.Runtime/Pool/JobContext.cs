using System.Buffers;
using System.Runtime.InteropServices;
using Hardening.Camera;
using Hardening.Pool.Frames;
using Hardening.Pool.Protocol;
using Hardening.Pool.Serving;

namespace Hardening.Pool;

/// <summary>One job as its worker sees it. The worker has one for all of its jobs: nothing of it, and no span it gave, may be used once the handler has returned. For the handler's thread, except <see cref="Cancellation"/>.</summary>
public sealed unsafe class JobContext
{
    private readonly FrameReference[] _frames = new FrameReference[MessageHeader.MaxFrames];
    private readonly nint[] _pixels = new nint[MessageHeader.MaxFrames];
    private readonly JobCancellation _cancellation;
    private readonly ResultBuffer _result;
    private readonly WorkTracing _tracing;
    private byte* _request;
    private int _requestBytes;
    private FrameReference _output;
    private byte* _outputMemory;
    private FrameReference _returned;
    private bool _isReturned;

    internal JobContext(JobCancellation cancellation, ResultBuffer result, WorkTracing tracing) => (_cancellation, _result, _tracing) = (cancellation, result, tracing);

    /// <summary>The request's bytes, where they arrived.</summary>
    public ReadOnlySpan<byte> Request => new(_request, _requestBytes);

    /// <summary>How many frames came with the request: 0 to 8.</summary>
    public int FrameCount { get; private set; }

    /// <summary>Where the result's bytes are written to; a job that writes none has an empty result.</summary>
    public IBufferWriter<byte> Result => _result;

    /// <summary>Whether the pool gave this job memory for a frame as its result (<c>ProcessPoolOptions.ResultSlots</c>).</summary>
    public bool HasOutput => _outputMemory is not null;

    /// <summary>The memory for a frame as the result, shared with the application; what an earlier job left is still in it. Empty without <see cref="HasOutput"/>.</summary>
    public Span<byte> Output => new(_outputMemory, HasOutput ? (int)_output.Length : 0);

    /// <summary>Set when the job is not wanted any more, or its soft limit is over: a handler that looks at it may throw <see cref="OperationCanceledException"/>. One that does not is killed at the hard limit.</summary>
    /// <remarks>For this job alone; costs something only for a job that asks for it.</remarks>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>What is left of the soft limit, never less than zero; null when there is none.</summary>
    public TimeSpan? Remaining => _cancellation.Remaining;

    /// <summary>The trace that the job belongs to, as the <c>traceparent</c> of W3C Trace Context, for what is not told by <see cref="System.Diagnostics.Activity.Current"/>; null where the caller has none. Allocates.</summary>
    public string? TraceParent => _tracing.Parent(Id);

    /// <summary>What belongs to it as <c>tracestate</c>; null where there is none. Allocates.</summary>
    public string? TraceState => _tracing.State(Id);

    internal ulong Id { get; private set; }

    internal ReadOnlySpan<byte> Written => _result.Written;

    /// <summary>The output with what the handler said of it; none when it returned none.</summary>
    internal ReadOnlySpan<FrameReference> ReturnedFrames => MemoryMarshal.CreateReadOnlySpan(ref _returned, _isReturned ? 1 : 0);

    /// <summary>A frame that came with the request.</summary>
    /// <param name="index">0 to <see cref="FrameCount"/> − 1.</param>
    public JobFrame Frame(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, FrameCount);
        ref readonly var reference = ref _frames[index];
        return new JobFrame(reference, new ReadOnlySpan<byte>((void*)_pixels[index], (int)reference.Length));
    }

    /// <summary>Says that the output holds a frame, which goes back to the caller without a copy.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="pixelFormat">How the bytes are to be read.</param>
    /// <param name="length">The bytes of the image, from the beginning of <see cref="Output"/>.</param>
    /// <exception cref="InvalidOperationException">There is no output.</exception>
    /// <exception cref="ArgumentException">The rows do not fit the length, or the length does not fit the output.</exception>
    public void ReturnOutput(int width, int height, int stride, PixelFormat pixelFormat, int length)
    {
        if (!HasOutput)
        {
            throw new InvalidOperationException("The pool gave this job no memory for a frame as its result: set ResultSlots and ResultSlotBytes in its options; where they are set, callers hold all of it, and should dispose results sooner or have more slots.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(width);
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        ArgumentOutOfRangeException.ThrowIfNegative(stride);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Output.Length);
        _returned = _output with { Width = (uint)width, Height = (uint)height, Stride = (uint)stride, PixelFormat = (uint)pixelFormat, Length = (uint)length };
        _isReturned = SharedFrames.FitsLength(_returned)
            ? true
            : throw new ArgumentException($"{height:N0} rows of {stride:N0} bytes with {width:N0} pixels of {pixelFormat} do not fit {length:N0} bytes.");
    }

    /// <summary>A job begins; its bytes stay where they are until it has ended.</summary>
    internal void Begin(ulong id, byte* request, int requestBytes)
    {
        Id = id;
        _request = request;
        _requestBytes = requestBytes;
        _outputMemory = null;
        FrameCount = 0;
        _isReturned = false;
        _result.Clear();
    }

    /// <summary>One of the references that came with the job, and where in this process it lies.</summary>
    internal void Add(in FrameReference reference, byte* memory)
    {
        if (reference.Flags.HasFlag(FrameReferenceFlags.Output))
        {
            _output = reference;
            _outputMemory = memory;
            return;
        }

        _frames[FrameCount] = reference;
        _pixels[FrameCount++] = (nint)memory;
    }
}
