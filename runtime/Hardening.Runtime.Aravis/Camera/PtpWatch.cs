namespace Hardening.Camera;

/// <summary>Looks now and then whether a camera's clock still follows the network's, on a thread of its own: asking takes milliseconds, and seconds when the camera does not answer.</summary>
internal sealed class PtpWatch : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(200);

    private readonly ManualResetEventSlim _stopping = new();
    private readonly Func<PtpState?> _ask;
    private readonly Action<PtpState> _changed;
    private readonly TimeSpan _every;
    private readonly Thread _thread;
    private PtpState _last;

    /// <param name="name">The camera.</param>
    /// <param name="first">The state so far.</param>
    /// <param name="every">How long it waits in between.</param>
    /// <param name="ask">Asks the camera; null when it does not answer.</param>
    /// <param name="changed">Is told when the clock is locked or no longer; on the watch's own thread.</param>
    public PtpWatch(string name, PtpState first, TimeSpan every, Func<PtpState?> ask, Action<PtpState> changed)
    {
        (_last, _every, _ask, _changed) = (first, every, ask, changed);
        _thread = new Thread(Run) { Name = $"aravis/ptp {name}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends it; a call that does not return is not waited for, and nothing is told after it.</summary>
    public void Dispose()
    {
        _stopping.Set();
        if (_thread.Join(EndLimit))
        {
            _stopping.Dispose();
        }
    }

    private void Run()
    {
        while (!_stopping.Wait(_every))
        {
            if (_ask() is { } state && !_stopping.IsSet && state.IsLocked != _last.IsLocked)
            {
                _last = state;
                _changed(state);
            }
        }
    }
}
