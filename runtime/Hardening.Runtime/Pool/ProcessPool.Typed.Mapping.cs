using Hardening.Pool.Mapping;

namespace Hardening.Pool;

public sealed partial class ProcessPool<TRequest, TResult>
{
    /// <inheritdoc cref="ProcessPool.MapAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapAsync(IEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(Raw, new ContractMapFormat<TRequest, TResult>(_contract), requests, isOrdered: true, options, cancellationToken);

    /// <inheritdoc cref="MapAsync(IEnumerable{TRequest}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapAsync(IAsyncEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(Raw, new ContractMapFormat<TRequest, TResult>(_contract), requests, isOrdered: true, options, cancellationToken);

    /// <inheritdoc cref="ProcessPool.MapUnorderedAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapUnorderedAsync(IEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(Raw, new ContractMapFormat<TRequest, TResult>(_contract), requests, isOrdered: false, options, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync(IEnumerable{TRequest}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<TResult>> MapUnorderedAsync(IAsyncEnumerable<TRequest> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(Raw, new ContractMapFormat<TRequest, TResult>(_contract), requests, isOrdered: false, options, cancellationToken);
}
