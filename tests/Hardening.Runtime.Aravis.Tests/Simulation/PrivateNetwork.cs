using System.Runtime.InteropServices;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>
/// Runs a test's body in a network of its own, so that what it broadcasts reaches nobody. unshare(2) moves the calling thread alone, and with it the
/// threads and processes that it starts from then on: so the body runs on a thread of its own.
/// </summary>
internal static partial class PrivateNetwork
{
    private const int CLONE_NEWNET = 0x40000000;

    public static void Run(Action body, TimeSpan limit)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (unshare(CLONE_NEWNET) != 0 || Shell.Run("ip", "link", "set", "lo", "up").ExitCode != 0)
                {
                    SimulatorFarm.Leave("No network namespace of its own could be made for the test: it needs CAP_SYS_ADMIN and iproute2.");
                }

                body();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        Assert.That(thread.Join(limit), $"The test in its own network did not end within {limit}.");
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    [LibraryImport("libc")]
    private static partial int unshare(int flags);
}
