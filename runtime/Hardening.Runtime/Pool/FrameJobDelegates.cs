using System.Buffers;
using Hardening.Camera;

namespace Hardening.Pool;

/// <summary>What a worker is asked about a frame. Called on the threads of a stage, several at once.</summary>
/// <typeparam name="TRequest">What a job is asked.</typeparam>
/// <param name="frame">Lent for the time of the call. The worker sees it too: its pixels need not be in the request.</param>
public delegate TRequest FrameRequest<out TRequest>(in Frame frame);

/// <summary>Writes what a worker is asked about a frame, in bytes. Called on the threads of a stage, several at once.</summary>
/// <param name="frame">Lent for the time of the call. The worker sees it too: its pixels need not be in the request.</param>
/// <param name="request">Where to; empty at first.</param>
public delegate void FrameRequestWriter(in Frame frame, IBufferWriter<byte> request);

/// <summary>Takes what a worker answered about a frame. Called on the threads of a stage, several at once. An exception drops the frame (<see cref="FrameDropReason.StageFailed"/>).</summary>
/// <typeparam name="TResult">What a job answers.</typeparam>
/// <param name="frame">The frame that was asked about.</param>
/// <param name="result">The answer, and a picture where the worker has written one. Lent for the time of the call: keep the picture with a lease of its own.</param>
public delegate void FrameAnswer<TResult>(in Frame frame, in JobResult<TResult> result);

/// <summary>Takes what a worker answered about a frame, in bytes. Called on the threads of a stage, several at once. An exception drops the frame (<see cref="FrameDropReason.StageFailed"/>).</summary>
/// <param name="frame">The frame that was asked about.</param>
/// <param name="result">The answer, and a picture where the worker has written one. Lent for the time of the call: copy the bytes, and keep the picture with a lease of its own.</param>
public delegate void FrameAnswer(in Frame frame, in JobResult result);
