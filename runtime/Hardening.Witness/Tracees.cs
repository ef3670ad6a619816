using Hardening.Witness.Interop;

namespace Hardening.Witness;

/// <summary>
/// The threads of a process, held still by the calling thread. They are asked to stop all at once and none is waited for without a limit. The system lets them go when the calling thread ends, however it does: seized threads
/// never stay stopped.
/// </summary>
internal sealed class Tracees : IDisposable
{
    private const int MaxPasses = 50; // new threads are made until the last that makes them has stopped

    private readonly int _processId;
    private readonly Dictionary<int, int> _signals = []; // of the stopped: what each was about to get
    private readonly HashSet<int> _asked = [];

    private Tracees(int processId) => _processId = processId;

    public IReadOnlyCollection<int> Stopped => _signals.Keys;

    /// <summary>Those that did not stop in time.</summary>
    public IReadOnlyCollection<int> Unstopped => _asked;

    /// <summary>Holds a process still.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="isOver">Whether the time for that is over.</param>
    /// <exception cref="UnauthorizedAccessException">It is not permitted.</exception>
    /// <exception cref="ProcessGoneException">There is no such process.</exception>
    public static Tracees Hold(int processId, Func<bool> isOver)
    {
        var tracees = new Tracees(processId);
        try
        {
            for (var pass = 0; pass < MaxPasses && tracees.SeizeNew(); pass++)
            {
                tracees.AwaitStops(isOver);
                if (isOver())
                {
                    break;
                }
            }

            return tracees;
        }
        catch
        {
            tracees.Dispose();
            throw;
        }
    }

    public bool Has(int threadId) => _signals.ContainsKey(threadId);

    public void Dispose()
    {
        foreach (var (thread, signal) in _signals)
        {
            Libc.Detach(thread, signal);
        }

        _signals.Clear();
    }

    private bool SeizeNew()
    {
        var isNew = false;
        foreach (var thread in ProcessLook.Threads(_processId))
        {
            if (_signals.ContainsKey(thread) || _asked.Contains(thread))
            {
                continue;
            }

            switch (Libc.Seize(thread))
            {
                case 0:
                    Libc.Interrupt(thread);
                    _asked.Add(thread);
                    isNew = true;
                    break;
                case Libc.ESRCH:
                    break; // it has just ended
                case var error:
                    throw new UnauthorizedAccessException(Permission.Explain(_processId, error));
            }
        }

        return isNew;
    }

    private void AwaitStops(Func<bool> isOver)
    {
        while (true)
        {
            foreach (var thread in _asked)
            {
                switch (Libc.Look(thread, out var signal))
                {
                    case TraceeState.Stopped:
                        _signals.Add(thread, signal);
                        _asked.Remove(thread);
                        break;
                    case TraceeState.Ended:
                        _asked.Remove(thread);
                        break;
                    default:
                        break;
                }
            }

            if (_asked.Count == 0 || isOver())
            {
                return;
            }

            Libc.Pause(TimeSpan.FromMilliseconds(1));
        }
    }
}

internal sealed class ProcessGoneException(int processId) : Exception($"Process {processId} is gone.");
