using System.Buffers;
using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Messaging;
using Hardening.Pool.Caller;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool;

/// <summary>A <see cref="RabbitPool"/> whose requests and results are objects: they are written and read by a contract that the workers share.</summary>
/// <typeparam name="TRequest">What a job is asked.</typeparam>
/// <typeparam name="TResult">What it answers.</typeparam>
public sealed class RabbitPool<TRequest, TResult> : IAsyncDisposable
{
    private readonly JobContract<TRequest, TResult> _contract;

    /// <summary>Makes the caller's side of a pool; <see cref="StartAsync"/> has it ask the broker.</summary>
    /// <inheritdoc cref="RabbitPool(string, RabbitMqConnection, RabbitPoolOptions, TimeProvider, ILoggerFactory, IMeterFactory)"/>
    /// <param name="name">The name of the pool, as its hosts have it.</param>
    /// <param name="contract">How requests and results become bytes; the workers must have the same.</param>
    /// <param name="connection">To the broker. It stays the caller's, and must be there for longer than the pool.</param>
    /// <param name="options">Its limits, copied; null for the defaults.</param>
    /// <param name="time">The clock of its limits; null for the system's.</param>
    /// <param name="loggers">Null for no log.</param>
    /// <param name="meters">The host's; null for a meter of its own.</param>
    public RabbitPool(
        string name, JobContract<TRequest, TResult> contract, RabbitMqConnection connection, RabbitPoolOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggers = null,
        IMeterFactory? meters = null)
        : this(new RabbitPool(name, connection, options, time, loggers, meters), contract)
    {
    }

    internal RabbitPool(RabbitPool raw, JobContract<TRequest, TResult> contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        (Raw, _contract) = (raw, contract);
    }

    /// <summary>The pool of bytes beneath: its name, its figures, its start and stop.</summary>
    public RabbitPool Raw { get; }

    /// <inheritdoc cref="RabbitPool.Statistics"/>
    public RabbitPoolStatistics Statistics => Raw.Statistics;

    /// <inheritdoc cref="RabbitPool.StartAsync"/>
    public Task StartAsync(CancellationToken cancellationToken) => Raw.StartAsync(cancellationToken);

    /// <inheritdoc cref="RabbitPool.StopAsync"/>
    public Task StopAsync(CancellationToken cancellationToken) => Raw.StopAsync(cancellationToken);

    /// <inheritdoc cref="RabbitPool.RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    public ValueTask<TResult> RunAsync(TRequest request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, ReadOnlySpan<FrameLease>.Empty, options, cancellationToken);

    /// <inheritdoc cref="RabbitPool.RunAsync(ReadOnlyMemory{byte}, FrameLease, JobOptions, CancellationToken)"/>
    public ValueTask<TResult> RunAsync(TRequest request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <inheritdoc cref="RabbitPool.RunAsync(ReadOnlyMemory{byte}, ReadOnlySpan{FrameLease}, JobOptions, CancellationToken)"/>
    public ValueTask<TResult> RunAsync(TRequest request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default) =>
        ReadAsync(Raw.RunAsync(Write(request), frames, options, cancellationToken));

    /// <inheritdoc cref="RabbitPool.MapAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapAsync(IEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), Raw.MapWindow, isOrdered: true, cancellationToken);

    /// <inheritdoc cref="MapAsync(IEnumerable{TRequest}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapAsync(IAsyncEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), Raw.MapWindow, isOrdered: true, cancellationToken);

    /// <inheritdoc cref="RabbitPool.MapUnorderedAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapUnorderedAsync(IEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), Raw.MapWindow, isOrdered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync(IEnumerable{TRequest}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapUnorderedAsync(IAsyncEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), Raw.MapWindow, isOrdered: false, cancellationToken);

    /// <inheritdoc cref="RabbitPool.DisposeAsync"/>
    public ValueTask DisposeAsync() => Raw.DisposeAsync();

    private ReadOnlyMemory<byte> Write(TRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _contract.WriteRequest(buffer, request);
        return buffer.WrittenMemory;
    }

    private async ValueTask<TResult> ReadAsync(ValueTask<byte[]> running) => _contract.ReadResult(await running.ConfigureAwait(false));
}
