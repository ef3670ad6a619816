namespace Hardening.Camera;

/// <summary>The pauses before attempts to open a camera again: doubling, with a limit, each a little longer or shorter than that. One thread at a time.</summary>
internal sealed class ReconnectPauses(FrameReconnectOptions options)
{
    private TimeSpan _next = options.FirstDelay;

    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause < options.MaxDelay / 2 ? pause * 2 : options.MaxDelay;
        return pause * (1 + (options.Jitter * ((2 * Random.Shared.NextDouble()) - 1)));
    }

    /// <summary>The camera is back.</summary>
    public void Reset() => _next = options.FirstDelay;
}
