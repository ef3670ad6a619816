namespace Hardening.Processes;

/// <content>The event of its end.</content>
public sealed partial class SupervisedProcess
{
    private readonly Lock _eventGate = new();
    private bool _raisesEvents;
    private bool _isExitNoted;
    private bool _isExitRaised;

    /// <summary>Raised once when the process has exited, on a pool thread, if <see cref="EnableRaisingEvents"/> is or becomes true. An exception of a handler is logged.</summary>
    public event EventHandler? Exited;

    /// <summary>Whether <see cref="Exited"/> is raised. Default false. Set after the exit, it is raised then.</summary>
    public bool EnableRaisingEvents
    {
        get
        {
            lock (_eventGate)
            {
                return _raisesEvents;
            }
        }

        set
        {
            lock (_eventGate)
            {
                _raisesEvents = value;
                RaiseExitedOnce();
            }
        }
    }

    private void NoteExitedForEvents()
    {
        lock (_eventGate)
        {
            _isExitNoted = true;
            RaiseExitedOnce();
        }
    }

    private void RaiseExitedOnce()
    {
        if (_isExitNoted && _raisesEvents && !_isExitRaised)
        {
            _isExitRaised = true;
            ThreadPool.QueueUserWorkItem(static process => process.RaiseExited(), this, preferLocal: false);
        }
    }

    private void RaiseExited()
    {
        foreach (var handler in Delegate.EnumerateInvocationList(Exited))
        {
            try
            {
                handler(this, EventArgs.Empty);
            }
            catch (Exception e)
            {
                _logger.ChildHandlerFailed(e, nameof(Exited), Name, Id);
            }
        }
    }
}
