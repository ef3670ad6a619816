namespace Hardening.Camera;

/// <summary>
/// Lets one thread after another use something, in the order in which they came. A semaphore knows no order: whoever asks again at once gets it before
/// those that sleep, and a busy machine then lets one wait for seconds.
/// </summary>
internal sealed class Turns
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiters = new();
    private bool _isTaken;

    /// <summary>Waits for one's turn, which is over when the other calls <see cref="End"/>.</summary>
    /// <returns>False when it did not come in time.</returns>
    public bool TryBegin(TimeSpan limit)
    {
        using var waiter = new Waiter();
        lock (_gate)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return true;
            }

            _waiters.Enqueue(waiter);
        }

        _ = waiter.Turn.Wait(limit);
        lock (_gate) // whoever hands over is done with the waiter then; and it may have come just after the limit
        {
            waiter.HasLeft = !waiter.IsNext;
            return waiter.IsNext;
        }
    }

    /// <summary>Hands over to the next.</summary>
    public void End()
    {
        lock (_gate)
        {
            while (_waiters.TryDequeue(out var next))
            {
                if (!next.HasLeft)
                {
                    next.IsNext = true;
                    next.Turn.Set();
                    return;
                }
            }

            _isTaken = false;
        }
    }

    private sealed class Waiter : IDisposable
    {
        public ManualResetEventSlim Turn { get; } = new();

        public bool IsNext { get; set; }

        public bool HasLeft { get; set; }

        public void Dispose() => Turn.Dispose();
    }
}
