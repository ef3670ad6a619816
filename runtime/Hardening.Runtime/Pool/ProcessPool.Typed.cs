using System.Buffers;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Hardening.Camera;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool;

/// <summary>A <see cref="ProcessPool"/> whose requests and results are objects: they are written and read by a contract that the workers share, requests and results both on the caller's thread.</summary>
/// <typeparam name="TRequest">What a job is asked.</typeparam>
/// <typeparam name="TResult">What it answers.</typeparam>
public sealed partial class ProcessPool<TRequest, TResult> : IAsyncDisposable
{
    private readonly JobContract<TRequest, TResult> _contract;
    private readonly RequestBuffers _buffers = new();

    /// <summary>Makes a pool, which has no worker before it is started.</summary>
    /// <param name="name">The name in metrics, logs and messages.</param>
    /// <param name="worker">What is started as its workers; they must speak the same contract.</param>
    /// <param name="contract">How requests and results become bytes.</param>
    /// <param name="options">Its limits. Default: as <see cref="ProcessPoolOptions"/> says.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <param name="loggers">Where it logs. Default: nowhere.</param>
    /// <param name="meters">The host's meters. Default: one of the pool's own.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public ProcessPool(
        string name, WorkerCommand worker, JobContract<TRequest, TResult> contract, ProcessPoolOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null,
        IMeterFactory? meters = null)
        : this(new ProcessPool(name, worker, options, time, loggers, meters), contract)
    {
    }

    internal ProcessPool(ProcessPool raw, JobContract<TRequest, TResult> contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        (Raw, _contract) = (raw, contract);
    }

    /// <summary>The pool of bytes beneath: its name, its figures, its start and stop.</summary>
    public ProcessPool Raw { get; }

    internal JobContract<TRequest, TResult> Contract => _contract;

    /// <inheritdoc cref="ProcessPool.StartAsync"/>
    public Task StartAsync(CancellationToken cancellationToken) => Raw.StartAsync(cancellationToken);

    /// <inheritdoc cref="ProcessPool.StopAsync"/>
    public Task StopAsync(CancellationToken cancellationToken) => Raw.StopAsync(cancellationToken);

    /// <summary>Has a worker do a job. A frame that it returns is dropped: see <see cref="RunWithFrameAsync(TRequest, JobOptions, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="ProcessPool.RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    public ValueTask<TResult> RunAsync(TRequest request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, ReadOnlySpan<FrameLease>.Empty, options, cancellationToken);

    /// <inheritdoc cref="RunAsync(TRequest, JobOptions, CancellationToken)"/>
    public ValueTask<TResult> RunAsync(TRequest request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <inheritdoc cref="RunAsync(TRequest, JobOptions, CancellationToken)"/>
    public ValueTask<TResult> RunAsync(TRequest request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        var buffer = Write(request);
        return ReadAsync(Raw.RunAsync(buffer.WrittenMemory, frames, options, cancellationToken), buffer);
    }

    /// <summary>Has a worker do a job, and keeps the frame that it returns until the result is disposed.</summary>
    /// <inheritdoc cref="ProcessPool.RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    public ValueTask<JobResult<TResult>> RunWithFrameAsync(TRequest request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunWithFrameAsync(request, ReadOnlySpan<FrameLease>.Empty, options, cancellationToken);

    /// <inheritdoc cref="RunWithFrameAsync(TRequest, JobOptions, CancellationToken)"/>
    public ValueTask<JobResult<TResult>> RunWithFrameAsync(TRequest request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunWithFrameAsync(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <inheritdoc cref="RunWithFrameAsync(TRequest, JobOptions, CancellationToken)"/>
    public ValueTask<JobResult<TResult>> RunWithFrameAsync(TRequest request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        var buffer = Write(request);
        return ReadWithFrameAsync(Raw.RunAsync(buffer.WrittenMemory, frames, options, cancellationToken), buffer);
    }

    /// <summary>Has a worker do a job, and waits for it on the calling thread. A frame that it returns is dropped.</summary>
    /// <inheritdoc cref="ProcessPool.Run(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    public TResult Run(TRequest request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        Run(request, ReadOnlySpan<FrameLease>.Empty, options, cancellationToken);

    /// <inheritdoc cref="Run(TRequest, JobOptions, CancellationToken)"/>
    public TResult Run(TRequest request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        Run(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <inheritdoc cref="Run(TRequest, JobOptions, CancellationToken)"/>
    public TResult Run(TRequest request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        var buffer = Write(request);
        using var result = Raw.Run(buffer.WrittenMemory, frames, options, cancellationToken);
        _buffers.Return(buffer);
        return _contract.ReadResult(result.Payload);
    }

    /// <inheritdoc cref="ProcessPool.DisposeAsync"/>
    public ValueTask DisposeAsync() => Raw.DisposeAsync();

    private ArrayBufferWriter<byte> Write(TRequest request)
    {
        var buffer = _buffers.Rent();
        _contract.WriteRequest(buffer, request);
        return buffer;
    }

    // The buffer of a job that failed is not used again: where it was cancelled, something may be reading it still.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> ReadAsync(ValueTask<JobResult> running, ArrayBufferWriter<byte> buffer)
    {
        using var result = await running.ConfigureAwait(false);
        _buffers.Return(buffer);
        return _contract.ReadResult(result.Payload);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<JobResult<TResult>> ReadWithFrameAsync(ValueTask<JobResult> running, ArrayBufferWriter<byte> buffer)
    {
        var result = await running.ConfigureAwait(false);
        _buffers.Return(buffer);
        try
        {
            return new JobResult<TResult>(result, _contract.ReadResult(result.Payload));
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
