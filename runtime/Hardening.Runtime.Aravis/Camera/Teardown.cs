using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Hardening.Camera;

/// <summary>
/// Closes cameras. libaravis waits 2.5 s for an answer to each of up to three farewells, and to a sign of life, so that a dead camera would hold up whoever
/// closes it for 10 s: that is done on a thread of its own, and awaited only for a while. Whoever opens the same camera again gives up the farewells, and waits
/// until it is over, since until then the camera knows another master.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "One per camera address, for the life of the process.")]
internal sealed class Teardown
{
    private static readonly ConcurrentDictionary<IPAddress, Teardown> PerAddress = new();

    private readonly Lock _gate = new();
    private readonly Queue<(Action Job, Action GiveUp)> _jobs = new();
    private readonly ManualResetEventSlim _idle = new(initialState: true);
    private readonly IPAddress _camera;
    private Action? _giveUp; // of the job that runs
    private bool _isRunning;

    private Teardown(IPAddress camera) => _camera = camera;

    public static Teardown Of(IPAddress camera) => PerAddress.GetOrAdd(camera, static address => new Teardown(address));

    /// <summary>Does the job, which must not throw, after those before it.</summary>
    /// <param name="job">The farewell.</param>
    /// <param name="giveUp">Makes the job end soon; on any thread, while the job runs or before.</param>
    /// <param name="limit">How long to wait for it.</param>
    /// <returns>Whether it is done; if not, it goes on.</returns>
    public bool Run(Action job, Action giveUp, TimeSpan limit)
    {
        bool start;
        lock (_gate)
        {
            _jobs.Enqueue((job, giveUp));
            _idle.Reset();
            (start, _isRunning) = (!_isRunning, true);
        }

        if (start)
        {
            new Thread(Work) { Name = $"aravis/close {_camera}", IsBackground = true }.Start();
        }

        return _idle.Wait(limit);
    }

    /// <summary>Waits until nothing is being closed: with patience at first, and then gives up what is left of it.</summary>
    public bool WaitUntilIdle(TimeSpan patience, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_idle.Wait(patience, cancellationToken))
        {
            return true;
        }

        Action[] giveUp;
        lock (_gate)
        {
            giveUp = [.. _jobs.Select(entry => entry.GiveUp), .. _giveUp is { } present ? [present] : Array.Empty<Action>()];
        }

        Array.ForEach(giveUp, action => action());
        return _idle.Wait(limit, cancellationToken);
    }

    private void Work()
    {
        while (true)
        {
            (Action Job, Action GiveUp) entry;
            lock (_gate)
            {
                if (!_jobs.TryDequeue(out entry))
                {
                    (_isRunning, _giveUp) = (false, null);
                    _idle.Set();
                    return;
                }

                _giveUp = entry.GiveUp;
            }

            entry.Job();
        }
    }
}
