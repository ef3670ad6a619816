using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.FaultLab.Running;

/// <summary>Makes native/lab.c where it runs.</summary>
internal static class NativeCompiler
{
    private static readonly TimeSpan CompileLimit = TimeSpan.FromMinutes(1);

    /// <summary>Makes the library in a directory.</summary>
    /// <returns>Its file, or null and the reason.</returns>
    public static async Task<(string? Library, string Why)> CompileAsync(string directory, TimeProvider time, CancellationToken stop)
    {
        var library = Path.Combine(directory, "lab.so");
        string[] arguments = ["-O2", "-shared", "-fPIC", "-pthread", "-o", library, Path.Combine(AppContext.BaseDirectory, "native", "lab.c")];
        using var timeout = new CancellationTokenSource(CompileLimit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo("cc", arguments), new SupervisionOptions { StopGracePeriod = TimeSpan.Zero }, end.Token);
            return result.Exit is { ExitCode: 0, Signal: null } ? (library, "") : (null, $"cc: {result.StandardError.Trim().Split('\n')[0]}");
        }
        catch (Exception e) when (e is Win32Exception or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return (null, $"there is no C compiler: {e.Message}");
        }
    }
}
