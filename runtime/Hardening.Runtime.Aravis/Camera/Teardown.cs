using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Hardening.Camera;

/// <summary>
/// Closes cameras. libaravis waits 2.5 s for an answer to each of up to three farewells, so that a dead camera would hold up whoever closes it for
/// 7.5 s: that is done on a thread of its own, and awaited only for a while. Whoever opens the same camera again waits until it is over, since
/// until then the camera knows another master.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "One per camera address, for the life of the process.")]
internal sealed class Teardown
{
    private static readonly ConcurrentDictionary<IPAddress, Teardown> PerAddress = new();

    private readonly Lock _gate = new();
    private readonly Queue<Action> _jobs = new();
    private readonly ManualResetEventSlim _idle = new(initialState: true);
    private readonly IPAddress _camera;
    private bool _isRunning;

    private Teardown(IPAddress camera) => _camera = camera;

    public static Teardown Of(IPAddress camera) => PerAddress.GetOrAdd(camera, static address => new Teardown(address));

    /// <summary>Does the job, which must not throw, after those before it.</summary>
    /// <returns>Whether it is done; if not, it goes on.</returns>
    public bool Run(Action job, TimeSpan limit)
    {
        bool start;
        lock (_gate)
        {
            _jobs.Enqueue(job);
            _idle.Reset();
            (start, _isRunning) = (!_isRunning, true);
        }

        if (start)
        {
            new Thread(Work) { Name = $"aravis/close {_camera}", IsBackground = true }.Start();
        }

        return _idle.Wait(limit);
    }

    /// <summary>Waits until nothing is being closed.</summary>
    public bool WaitUntilIdle(TimeSpan limit, CancellationToken cancellationToken) => _idle.Wait(limit, cancellationToken);

    private void Work()
    {
        while (true)
        {
            Action job;
            lock (_gate)
            {
                if (!_jobs.TryDequeue(out job!))
                {
                    _isRunning = false;
                    _idle.Set();
                    return;
                }
            }

            job();
        }
    }
}
