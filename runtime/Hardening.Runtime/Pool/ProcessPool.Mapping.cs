using Hardening.Pool.Mapping;

namespace Hardening.Pool;

/// <content>Many jobs at once.</content>
public sealed partial class ProcessPool
{
    /// <summary>Does a job for each request, and gives the outcomes in the order of the requests. Each enumeration does them anew; ending it early cancels what is under way.</summary>
    /// <remarks>
    /// <para>
    /// Requests are read ahead of the outcomes on a thread of the thread pool: as many as <see cref="ProcessPoolOptions.Workers"/> and <see cref="ProcessPoolOptions.QueueCapacity"/> together, and
    /// where jobs are so short that thousands are done in a second, as many as are done in 2 ms. They wait behind single jobs and take no place of the queue.
    /// </para>
    /// <para>What the source throws is thrown after the outcomes of what it gave before.</para>
    /// </remarks>
    /// <param name="requests">The requests, whose memory must stay as it is until the outcome is there.</param>
    /// <param name="options">Of each job.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>, and what is under way.</param>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapAsync(IEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(this, RawMapFormat.Instance, requests, isOrdered: true, options, cancellationToken);

    /// <inheritdoc cref="MapAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(this, RawMapFormat.Instance, requests, isOrdered: true, options, cancellationToken);

    /// <summary>Does a job for each request, and gives the outcomes as the jobs end; <see cref="JobOutcome{TResult}.Index"/> says of which request one is. Each enumeration does them anew; ending it early cancels what is under way.</summary>
    /// <inheritdoc cref="MapAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapUnorderedAsync(IEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(this, RawMapFormat.Instance, requests, isOrdered: false, options, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapUnorderedAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        JobMap.Of(this, RawMapFormat.Instance, requests, isOrdered: false, options, cancellationToken);
}
