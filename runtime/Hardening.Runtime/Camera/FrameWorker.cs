namespace Hardening.Camera;

/// <summary>One thread of a stage and what it works on. But for the token, its stage holds its lock around every use.</summary>
internal sealed class FrameWorker(int number, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>The number of its place in the stage; the thread that replaces it gets the same.</summary>
    public int Number => number;

    /// <summary>Set before it works.</summary>
    public IFrameStage? Stage { get; set; }

    public Thread? Thread { get; set; }

    /// <summary>The lane of the frame that it works on; null while it waits.</summary>
    public FrameLane? Lane { get; private set; }

    public FrameLease Lease { get; private set; }

    public long Ticket { get; private set; }

    /// <summary>When it began.</summary>
    public long Since { get; private set; }

    /// <summary>How long the frame has waited for it.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Whether another thread has taken its place, since its work does not return.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Cancelled when its work takes too long, and when the pipeline's time to drain is over.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Begin(FrameLane lane, FrameLease lease, long ticket, long now, TimeSpan waited) => (Lane, Lease, Ticket, Since, Waited) = (lane, lease, ticket, now, waited);

    public void End() => (Lane, Lease) = (null, default);

    public Task CancelAsync() => _stop.CancelAsync();

    public void Dispose() => _stop.Dispose();
}
