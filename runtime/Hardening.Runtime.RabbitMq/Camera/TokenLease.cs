namespace Hardening.Camera;

/// <summary>
/// Whether a host may still run a camera: so long after the token last came round. It knows nothing of brokers and cameras. Any thread.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="releaseAfter">How long the right lasts without being confirmed.</param>
/// <param name="keepsWhenLost">Whether it lasts while the host does not stand in line, for want of a broker.</param>
internal sealed class TokenLease(TimeProvider time, TimeSpan releaseAfter, bool keepsWhenLost)
{
    private readonly Lock _gate = new();
    private long? _confirmed;
    private long _joined;
    private bool _isInLine;

    /// <summary>The token came round.</summary>
    public void Confirm()
    {
        lock (_gate)
        {
            _confirmed = time.GetTimestamp();
        }
    }

    /// <summary>The host stands in line. One that kept the camera without a broker has from now on as long as any to have it confirmed.</summary>
    public void Join()
    {
        lock (_gate)
        {
            (_isInLine, _joined) = (true, time.GetTimestamp());
        }
    }

    /// <summary>The host does not stand in line any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isInLine = false;
        }
    }

    /// <summary>The right is given up.</summary>
    public void End()
    {
        lock (_gate)
        {
            _confirmed = null;
        }
    }

    /// <summary>Whether the right is gone, or never was.</summary>
    /// <param name="isBlocked">The broker takes no messages at present, and so cannot confirm; it gives the camera to nobody else while the connection stands.</param>
    public bool IsLapsed(bool isBlocked)
    {
        lock (_gate)
        {
            return _confirmed is not { } confirmed || (!IsSafe(isBlocked) && time.GetElapsedTime(keepsWhenLost ? Math.Max(confirmed, _joined) : confirmed) > releaseAfter);
        }
    }

    private bool IsSafe(bool isBlocked) => _isInLine ? isBlocked : keepsWhenLost;
}
