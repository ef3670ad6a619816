using Hardening.Interop;
using Hardening.Pool.Channels;
using Hardening.Pool.Frames;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Serving;

/// <summary>The life of a worker: takes what the pool has given it, says that it is ready, does one job after the other, and comes to its end.</summary>
internal static class WorkerRun
{
    private const int FirstGiven = 3; // the ring, then the regions
    private const int LastGiven = 7;

    /// <summary>Does the jobs of the pool on the calling thread, until there are no more.</summary>
    /// <exception cref="WorkerProtocolException">The pool speaks another version, or what came from it is no message.</exception>
    public static void Run(Func<IJobHandler> handler)
    {
        var given = WorkerEnvironment.Take(WorkerEnvironment.Channel);
        if (given != WorkerEnvironment.Ring)
        {
            throw new WorkerProtocolException($"This program speaks through shared memory ({WorkerEnvironment.Ring}), and the pool asks for '{given}': start it by WorkerCommand.Executable or ThisApplication, and not as a foreign command.");
        }

        WorkerEnvironment.Restore();
        for (var descriptor = FirstGiven; descriptor <= LastGiven; descriptor++)
        {
            Libc.KeepFromChildren(descriptor);
        }

        using var ring = RingWorkerEnd.Open(new SafeFileHandle(FirstGiven, ownsHandle: true));
        using var cancellation = new JobCancellation(TimeProvider.System);
        new ControlLine(Libc.TakeInput(), cancellation, ring.Finish).Start(ring.WatchThread);
        using var regions = new MappedRegions();
        new JobLoop(ring, regions, cancellation).Run(handler);
    }
}
