namespace Hardening.Pool.Caller;

/// <content>A job's way to the broker: into the buffer, out of it, and back where nobody knows what became of it.</content>
internal sealed partial class RemoteJobLedger
{
    /// <summary>Has a job, which has its message and room for it, sent.</summary>
    public void Enqueue(RemoteJob job)
    {
        lock (_gate)
        {
            if (job.IsEnded)
            {
                return;
            }

            job.Place = _buffer.AddLast(job);
        }

        _waiting.Release();
    }

    /// <summary>Has a job sent again, before all others: whether the broker has it is not known.</summary>
    public void Restore(RemoteJob job)
    {
        lock (_gate)
        {
            if (job.State != RemoteJobState.Buffered || job.Place is not null)
            {
                return;
            }

            job.Place = _buffer.AddFirst(job);
        }

        _waiting.Release();
    }

    /// <summary>The job that is to be sent next.</summary>
    public async Task<RemoteJob> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                if (_buffer.First is { } first) // it may have ended meanwhile, and left only its signal
                {
                    _buffer.RemoveFirst();
                    first.Value.Place = null;
                    return first.Value;
                }
            }
        }
    }

    /// <summary>Notes that a job goes to the broker; false where it has ended.</summary>
    public bool TrySend(RemoteJob job)
    {
        lock (_gate)
        {
            if (job.IsEnded)
            {
                return false;
            }

            _republished += job.WasSent ? 1 : 0;
            job.WasSent = true;
            return true;
        }
    }

    /// <summary>Notes that the broker did not take it, so that sending it again is no second time.</summary>
    public void NoteRefused(RemoteJob job)
    {
        lock (_gate)
        {
            job.WasSent = false;
        }
    }

    /// <summary>Notes that the broker has a job.</summary>
    public void Accept(RemoteJob job)
    {
        lock (_gate)
        {
            if (job.State != RemoteJobState.Buffered)
            {
                return;
            }

            _counts[(int)RemoteJobState.Buffered]--;
            _counts[(int)RemoteJobState.Pending]++;
            job.State = RemoteJobState.Pending;
        }

        job.Body = default; // the broker has it, and a frame is large
        Released(job);
    }
}
