using System.Collections.Concurrent;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>What people write by hand: a queue, and a thread for each worker that sends a job and waits for its answer. No time limit, no restart, no check of a message.</summary>
internal sealed class HandMadePool : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<HandMadeJob> _queue = new(boundedCapacity: 64);
    private readonly Lane[] _lanes;

    public HandMadePool(int workers, Func<IHandMadeWorker> start) => _lanes = [.. Enumerable.Range(0, workers).Select(_ => new Lane(_queue, start()))];

    public async ValueTask RunAsync(HandMadeJob job)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        job.Done = done;
        _queue.Add(job);
        await done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        foreach (var lane in _lanes)
        {
            await lane.DisposeAsync();
        }

        _queue.Dispose();
    }

    /// <summary>One worker and its thread.</summary>
    private sealed class Lane : IAsyncDisposable
    {
        private readonly BlockingCollection<HandMadeJob> _queue;
        private readonly IHandMadeWorker _worker;
        private readonly Task _thread;

        public Lane(BlockingCollection<HandMadeJob> queue, IHandMadeWorker worker)
        {
            (_queue, _worker) = (queue, worker);
            _thread = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public async ValueTask DisposeAsync()
        {
            await _thread.WaitAsync(Limit);
            await _worker.DisposeAsync();
        }

        private void Work()
        {
            foreach (var job in _queue.GetConsumingEnumerable())
            {
                try
                {
                    _worker.Run(job);
                    job.Done!.SetResult();
                }
                catch (IOException e)
                {
                    job.Done!.SetException(e);
                }
            }
        }
    }
}

internal interface IHandMadeWorker : IAsyncDisposable
{
    void Run(HandMadeJob job);
}

internal sealed class HandMadeJob
{
    /// <summary>What is sent; null: the frame with this number.</summary>
    public byte[] Request { get; } = Payloads.Request();

    public int Frame { get; set; } = -1;

    public byte[] Answer { get; } = new byte[Payloads.EchoBytes];

    public TaskCompletionSource? Done { get; set; }
}
