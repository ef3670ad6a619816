using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Keeps a grabber running. When its camera is away it ends at once, and is started some hundred times a second.</summary>
internal static class GrabberGuard
{
    public static async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var grabber = Process.Start("grabber"); // HRD3011
            try
            {
                await grabber.WaitForExitAsync(stop).ConfigureAwait(false);
            }
            finally
            {
                grabber.Kill(entireProcessTree: true);
            }
        }
    }
}
