using Hardening.Messaging;

namespace Hardening.Pool.Caller;

/// <summary>The places for jobs that the broker has not taken yet. While there is a connection, who finds none waits: it takes as long as the broker's word. While there is none, it is refused.</summary>
internal sealed class JobRoom(string pool, int capacity, RabbitMqConnection connection) : IDisposable
{
    private readonly SemaphoreSlim _free = new(capacity);

    /// <summary>Takes a place for a job.</summary>
    /// <exception cref="BrokerUnavailableException">There is none, and no connection.</exception>
    public async Task TakeAsync(RemoteJob job, CancellationToken cancellationToken)
    {
        while (!_free.Wait(0, cancellationToken))
        {
            if (connection.Current is not { } session)
            {
                throw Refuse();
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
            try
            {
                await _free.WaitAsync(either.Token).ConfigureAwait(false);
                break;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The connection was lost: looked at again.
            }
        }

        job.TakeRoom();
        if (job.IsEnded)
        {
            Return(job); // it ended while it waited, and had nothing to return then
        }
    }

    /// <summary>Gives the place of a job back, where it has one.</summary>
    public void Return(RemoteJob job)
    {
        if (job.TryGiveRoom())
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private BrokerUnavailableException Refuse() => new(
        BrokerFailure.BufferFull,
        connection.Broker,
        $"The job was not accepted: the connection to the broker at {connection.Broker} is lost, and {capacity:N0} jobs of pool '{pool}' wait for it already (BufferCapacity). It is made anew by itself; submit the job again later, or have it done here.",
        connection.Statistics.LastFailure);
}
