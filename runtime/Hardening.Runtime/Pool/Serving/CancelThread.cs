namespace Hardening.Pool.Serving;

/// <summary>
/// Cancels tokens of jobs. A thread of its own, from the first cancellation on: the callbacks are the handler's, and may take long; the control thread must go on, and the thread pool may be
/// starved by the very job that is to be cancelled.
/// </summary>
internal sealed class CancelThread
{
    private const int StackBytes = 512 << 10;

    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly object _gate = new(); // a monitor: the thread waits on it
    private CancellationTokenSource? _next;
    private Thread? _thread;

    /// <summary>Cancels in a moment. One that has not had its turn when the next comes is left out: its job has ended, since there is only one at a time.</summary>
    public void Cancel(CancellationTokenSource source)
    {
        lock (_gate)
        {
            _next = source;
            if (_thread is null)
            {
                _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "Hardening.Cancel" };
                _thread.Start();
            }

            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            try
            {
                Take().Cancel();
            }
            catch (Exception e) // a handler's callback failed: the job goes on, and ends as it will
            {
                Console.Error.WriteLine($"A callback of JobContext.Cancellation failed: {e}");
            }
        }
    }

    private CancellationTokenSource Take()
    {
        lock (_gate)
        {
            CancellationTokenSource? source;
            while ((source = _next) is null)
            {
                Monitor.Wait(_gate, Look);
            }

            _next = null;
            return source;
        }
    }
}
