using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Awaits the end of a tool. The event never comes, and neither does the result.</summary>
internal static class ToolRun
{
    public static async Task<int> RunAsync(ProcessStartInfo start)
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var tool = new Process { StartInfo = start };
        tool.Exited += (_, _) => ended.TrySetResult(tool.ExitCode); // HRD3010
        tool.Start();
        return await ended.Task.ConfigureAwait(false);
    }
}
