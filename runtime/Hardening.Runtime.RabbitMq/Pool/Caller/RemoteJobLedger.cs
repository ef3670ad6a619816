namespace Hardening.Pool.Caller;

/// <summary>The jobs of one caller: each ends in exactly one way, and the counts add up at any time. The waiting ones are sent in the order in which they came.</summary>
internal sealed partial class RemoteJobLedger(int rememberedJobs) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Enum.GetValues<RemoteJobState>().Length];
    private readonly Dictionary<Guid, RemoteJob> _jobs = [];
    private readonly LinkedList<RemoteJob> _buffer = [];
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly SeenJobs _seen = new(rememberedJobs);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _submitted;
    private long _duplicates;
    private long _late;
    private long _unclaimed;
    private long _malformed;
    private long _republished;
    private bool _isStopped;

    /// <summary>Told of each job that has left the buffer, so that its room is free; and of each end. Under no lock.</summary>
    public required Action<RemoteJob> Released { get; init; }

    public required Action<RemoteJob> Ended { get; init; }

    /// <summary>Complete when no job is left after <see cref="Stop"/>.</summary>
    public Task Drained => _drained.Task;

    public RabbitPoolStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new RabbitPoolStatistics
                {
                    Submitted = _submitted,
                    Succeeded = Of(RemoteJobState.Succeeded),
                    Failed = Of(RemoteJobState.Failed),
                    TimedOut = Of(RemoteJobState.TimedOut),
                    Cancelled = Of(RemoteJobState.Cancelled),
                    Rejected = Of(RemoteJobState.Rejected),
                    DeadLettered = Of(RemoteJobState.DeadLettered),
                    Buffered = Of(RemoteJobState.Buffered),
                    Pending = Of(RemoteJobState.Pending),
                    Duplicates = _duplicates,
                    Late = _late,
                    Unclaimed = _unclaimed,
                    Malformed = _malformed,
                    Republished = _republished,
                };
            }
        }
    }

    /// <summary>Counts a job; false where none is taken any more.</summary>
    public bool TrySubmit(RemoteJob job)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return false;
            }

            _submitted++;
            _counts[(int)job.State]++;
            _jobs.Add(job.Id, job);
            return true;
        }
    }

    /// <summary>Gives a job its end. The first one counts.</summary>
    public bool TryEnd(RemoteJob job, RemoteJobState end, Exception failure)
    {
        if (!TryEnd(job, end, answer: Guid.Empty))
        {
            return false;
        }

        job.Complete(failure);
        return true;
    }

    /// <summary>Finds the job that an answer is for.</summary>
    public RemoteJob? Find(Guid id)
    {
        lock (_gate)
        {
            return _jobs.GetValueOrDefault(id);
        }
    }

    /// <summary>Gives a job the end that its answer says.</summary>
    /// <param name="job">The job, where it is known here.</param>
    /// <param name="id">Its id.</param>
    /// <param name="answer">The answer's.</param>
    /// <param name="end">How it ends.</param>
    /// <param name="result">Its result, where there is no failure.</param>
    /// <param name="failure">Why there is none.</param>
    public AnswerUse Answer(RemoteJob? job, Guid id, Guid answer, RemoteJobState end, byte[] result, Exception? failure)
    {
        if (job is not null && TryEnd(job, end, answer))
        {
            if (failure is null)
            {
                job.Complete(result);
            }
            else
            {
                job.Complete(failure);
            }

            return AnswerUse.Taken;
        }

        lock (_gate)
        {
            switch (_seen.AnswerOf(id))
            {
                case null:
                    _unclaimed++;
                    return AnswerUse.Unclaimed;
                case { } known when known == Guid.Empty:
                    _late++;
                    return AnswerUse.Late;
                case { } known when known == answer:
                    return AnswerUse.Repeated;
                default:
                    _duplicates++;
                    return AnswerUse.Duplicate;
            }
        }
    }

    public void NoteMalformed()
    {
        lock (_gate)
        {
            _malformed++;
        }
    }

    /// <summary>All jobs that the broker has.</summary>
    public RemoteJob[] Pending()
    {
        lock (_gate)
        {
            return [.. _jobs.Values.Where(job => job.State == RemoteJobState.Pending)];
        }
    }

    /// <summary>Takes no more jobs.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            if (_jobs.Count == 0)
            {
                _drained.TrySetResult();
            }
        }
    }

    /// <summary>All jobs that have not ended.</summary>
    public RemoteJob[] Left()
    {
        lock (_gate)
        {
            return [.. _jobs.Values];
        }
    }

    public void Dispose() => _waiting.Dispose();

    private bool TryEnd(RemoteJob job, RemoteJobState end, Guid answer)
    {
        lock (_gate)
        {
            if (job.IsEnded)
            {
                return false;
            }

            _counts[(int)job.State]--;
            _counts[(int)end]++;
            job.State = end;
            _jobs.Remove(job.Id);
            _seen.Add(job.Id, answer);
            if (job.Place is { } place)
            {
                _buffer.Remove(place);
                job.Place = null;
            }

            if (_isStopped && _jobs.Count == 0)
            {
                _drained.TrySetResult();
            }
        }

        Released(job);
        Ended(job);
        return true;
    }

    private long Of(RemoteJobState state) => _counts[(int)state];
}
