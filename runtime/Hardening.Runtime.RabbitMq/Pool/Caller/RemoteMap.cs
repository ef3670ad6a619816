using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Hardening.Pool.Caller;

/// <summary>Many jobs of one sequence: so many under way at a time, outcomes in order or as they come.</summary>
internal static class RemoteMap
{
    public static IAsyncEnumerable<JobOutcome<TResult>> Of<TRequest, TResult>(
        IEnumerable<TRequest> requests, Func<TRequest, CancellationToken, ValueTask<TResult>> run, int window, bool isOrdered, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return Of(Asynchronous(requests), run, window, isOrdered, cancellationToken);
    }

    public static IAsyncEnumerable<JobOutcome<TResult>> Of<TRequest, TResult>(
        IAsyncEnumerable<TRequest> requests, Func<TRequest, CancellationToken, ValueTask<TResult>> run, int window, bool isOrdered, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return EnumerateAsync(requests, run, window, isOrdered, cancellationToken, CancellationToken.None);
    }

    private static async IAsyncEnumerable<JobOutcome<TResult>> EnumerateAsync<TRequest, TResult>(
        IAsyncEnumerable<TRequest> requests, Func<TRequest, CancellationToken, ValueTask<TResult>> run, int window, bool isOrdered, CancellationToken cancellationToken,
        [EnumeratorCancellation] CancellationToken enumeratorToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enumeratorToken);
        var outcomes = Channel.CreateBounded<Task<JobOutcome<TResult>>>(new BoundedChannelOptions(window) { SingleReader = true });
        using var places = new SemaphoreSlim(window);
        var reading = Task.Run(() => ReadAsync(requests, run, places, outcomes.Writer, window, isOrdered, end.Token), CancellationToken.None);
        try
        {
            await foreach (var outcome in outcomes.Reader.ReadAllAsync(end.Token).ConfigureAwait(false))
            {
                var ended = await outcome.ConfigureAwait(false);
                end.Token.ThrowIfCancellationRequested();
                places.Release();
                yield return ended;
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false); // ends with its jobs, which end at once
        }
    }

    private static async Task ReadAsync<TRequest, TResult>(
        IAsyncEnumerable<TRequest> requests, Func<TRequest, CancellationToken, ValueTask<TResult>> run, SemaphoreSlim places, ChannelWriter<Task<JobOutcome<TResult>>> outcomes, int window, bool isOrdered,
        CancellationToken cancellationToken)
    {
        List<Task> running = [];
        Exception? failure = null;
        try
        {
            var index = 0L;
            await foreach (var request in requests.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await places.WaitAsync(cancellationToken).ConfigureAwait(false);
                var job = RunAsync(index++, request, run, cancellationToken);
                if (isOrdered)
                {
                    await outcomes.WriteAsync(job, CancellationToken.None).ConfigureAwait(false); // there are as many places as there is room
                    running.Add(job);
                }
                else
                {
                    running.Add(HandOverAsync(job, outcomes));
                }

                if (running.Count >= 2 * window)
                {
                    running.RemoveAll(static task => task.IsCompleted);
                }
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        outcomes.Complete(failure);
    }

    private static async Task HandOverAsync<TResult>(Task<JobOutcome<TResult>> job, ChannelWriter<Task<JobOutcome<TResult>>> outcomes)
    {
        await job.ConfigureAwait(false);
        await outcomes.WriteAsync(job, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<JobOutcome<TResult>> RunAsync<TRequest, TResult>(long index, TRequest request, Func<TRequest, CancellationToken, ValueTask<TResult>> run, CancellationToken cancellationToken)
    {
        try
        {
            return new JobOutcome<TResult>(index, await run(request, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            return new JobOutcome<TResult>(index, failure);
        }
    }

    // A source whose next element takes long must not hold up whoever enumerates: it is read on a thread of the thread pool.
    private static async IAsyncEnumerable<TRequest> Asynchronous<TRequest>(IEnumerable<TRequest> requests)
    {
        foreach (var request in requests)
        {
            yield return request;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
