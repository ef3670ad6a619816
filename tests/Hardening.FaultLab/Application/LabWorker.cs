using System.Runtime.CompilerServices;
using Hardening.Stalls;

namespace Hardening.FaultLab.Application;

/// <summary>A little arithmetic every 10 ms, under the camera's locks where it is given them.</summary>
internal sealed class LabWorker
{
    private const int Work = 20_000; // about 20 µs

    private readonly LabResources? _resources;
    private readonly Heartbeat _heartbeat;
    private readonly ActivityThread _thread;
    private readonly Action _compute;
    private double _sum;

    public LabWorker(LabResources? resources, Heartbeat heartbeat, ActivityThread thread)
    {
        (_resources, _heartbeat, _thread) = (resources, heartbeat, thread);
        _compute = Compute;
    }

    public void Cycle() => _thread.Step(_heartbeat, "compute", _compute);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Compute()
    {
        for (var i = 0; i < Work; i++)
        {
            _sum = _sum * 0.99 + i;
        }

        if (_resources is not null)
        {
            lock (_resources.Gate) // site: worker gate
            {
                _sum++;
            }
        }
    }
}
