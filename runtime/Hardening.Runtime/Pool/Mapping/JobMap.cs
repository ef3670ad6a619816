using System.Runtime.CompilerServices;

namespace Hardening.Pool.Mapping;

/// <summary>A sequence of requests, done by a pool: each enumeration does them anew.</summary>
internal static class JobMap
{
    public static IAsyncEnumerable<JobOutcome<TResult>> Of<TRequest, TResult>(
        IBulkPool pool, MapFormat<TRequest, TResult> format, IEnumerable<TRequest> requests, bool isOrdered, JobOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return RunAsync(pool, format, _ => new EnumerableMapSource<TRequest>(requests), isOrdered, options, cancellationToken);
    }

    public static IAsyncEnumerable<JobOutcome<TResult>> Of<TRequest, TResult>(
        IBulkPool pool, MapFormat<TRequest, TResult> format, IAsyncEnumerable<TRequest> requests, bool isOrdered, JobOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return RunAsync(pool, format, stop => new AsyncEnumerableMapSource<TRequest>(requests, stop), isOrdered, options, cancellationToken);
    }

    private static async IAsyncEnumerable<JobOutcome<TResult>> RunAsync<TRequest, TResult>(
        IBulkPool pool, MapFormat<TRequest, TResult> format, Func<CancellationToken, MapSource<TRequest>> open, bool isOrdered, JobOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var run = new MapRun<TRequest, TResult>(pool, format, open, isOrdered, options, cancellationToken);
        while (await run.WaitAsync().ConfigureAwait(false))
        {
            while (run.TryTake(out var outcome))
            {
                yield return outcome;
            }
        }
    }
}
