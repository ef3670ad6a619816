namespace Hardening.Pool.Host;

/// <summary>How a delivery ended.</summary>
internal enum DeliveryEnd
{
    Answered,
    DeadLettered,
    Requeued,
    Returned,
    Expired,
    Repeated,
    Abandoned,
}

/// <summary>A job that a host works on, with all messages of it that the broker has given to this host.</summary>
internal sealed class HeldJob(Guid id)
{
    public Guid Id { get; } = id;

    /// <summary>Under the lock of <see cref="HeldJobs"/>. More than one where a job was sent twice, or came again after its connection was lost.</summary>
    public List<Delivery> Deliveries { get; } = [];
}

/// <summary>The jobs that a host works on. One that comes again while it is worked on, or soon after, is not done a second time: the broker's restart repeats messages, and need not repeat work.</summary>
internal sealed class HeldJobs(int rememberedJobs)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, HeldJob> _held = [];
    private readonly GivenAnswers _answers = new(rememberedJobs);
    private readonly long[] _ends = new long[Enum.GetValues<DeliveryEnd>().Length];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _received;
    private long _running;
    private bool _isStopped;

    /// <summary>Complete when nothing is worked on after <see cref="Stop"/>.</summary>
    public Task Drained => _drained.Task;

    /// <summary>All counts of one moment.</summary>
    public (long Received, long Running, long[] Ends) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_received, _running, [.. _ends]);
            }
        }
    }

    /// <summary>Counts a delivery that is not of a job that can be told from others.</summary>
    public void Receive()
    {
        lock (_gate)
        {
            _received++;
            _running++;
        }
    }

    /// <summary>Counts a delivery, and finds what this host knows of its job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="delivery">The message.</param>
    /// <param name="answer">The answer that it had here; null where it had none.</param>
    /// <returns>The job, where it is to be done; null where it is being done, or was.</returns>
    public HeldJob? Receive(Guid id, Delivery delivery, out GivenAnswer? answer)
    {
        lock (_gate)
        {
            _received++;
            _running++;
            answer = null;
            if (_held.TryGetValue(id, out var held))
            {
                End(DeliveryEnd.Abandoned, held.Deliveries.RemoveAll(static earlier => !earlier.IsAlive));
                held.Deliveries.Add(delivery);
                return null;
            }

            if (_answers.Find(id) is { } known)
            {
                answer = known;
                return null;
            }

            held = new HeldJob(id);
            held.Deliveries.Add(delivery);
            _held.Add(id, held);
            return held;
        }
    }

    /// <summary>The message by which the job can be answered for; null where none is left: then the job is not held any more.</summary>
    public Delivery? FindAlive(HeldJob job)
    {
        lock (_gate)
        {
            var alive = job.Deliveries.FindLast(static delivery => delivery.IsAlive);
            if (alive is null)
            {
                _held.Remove(job.Id);
                End(DeliveryEnd.Abandoned, job.Deliveries.Count);
                job.Deliveries.Clear();
            }

            return alive;
        }
    }

    /// <summary>Ends a job. Gives all its messages, of which the first is the one that it was answered for by, so that the broker can be told.</summary>
    public Delivery[] Remove(HeldJob job, Delivery answered, DeliveryEnd end)
    {
        lock (_gate)
        {
            _held.Remove(job.Id);
            job.Deliveries.Remove(answered);
            Delivery[] all = [answered, .. job.Deliveries];
            End(end, 1);
            var alive = job.Deliveries.Count(static delivery => delivery.IsAlive);
            End(DeliveryEnd.Repeated, alive);
            End(DeliveryEnd.Abandoned, job.Deliveries.Count - alive);
            job.Deliveries.Clear();
            return all;
        }
    }

    /// <summary>Counts the end of a delivery that belongs to no held job.</summary>
    public void NoteEnd(DeliveryEnd end)
    {
        lock (_gate)
        {
            End(end, 1);
        }
    }

    /// <summary>Remembers what a job was answered, before the broker has it, and after.</summary>
    public void Remember(Guid id, GivenAnswer answer)
    {
        lock (_gate)
        {
            _answers.Put(id, answer);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            End(DeliveryEnd.Abandoned, 0);
        }
    }

    private void End(DeliveryEnd end, int count)
    {
        _ends[(int)end] += count;
        _running -= count;
        if (_isStopped && _running == 0)
        {
            _drained.TrySetResult();
        }
    }
}
