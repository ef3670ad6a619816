using System.Diagnostics;
using System.Globalization;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>Children for tests: small scripts, and what /proc says of them.</summary>
internal static class Shell
{
    /// <summary>A script with both outputs redirected.</summary>
    public static ProcessStartInfo Script(string script, bool input = false) =>
        new("/bin/sh", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = input };

    public static SupervisedProcess Start(string script, SupervisionOptions? options = null, bool input = false) =>
        SupervisedProcess.Start(Script(script, input), options);

    /// <summary>Starts the script and reads its first line, which says that it is ready and most often the id of a descendant.</summary>
    public static async Task<(SupervisedProcess Process, string FirstLine)> StartReadyAsync(string script, SupervisionOptions? options, CancellationToken timeout)
    {
        var process = Start(script, options);
        return (process, await process.StandardOutput.ReadLineAsync(timeout) ?? "");
    }

    /// <summary>The output of a child of <c>Process</c>, to compare with.</summary>
    public static async Task<string> OutputByProcessAsync(ProcessStartInfo startInfo, CancellationToken timeout)
    {
        using var process = Process.Start(startInfo)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(timeout);
            await process.WaitForExitAsync(timeout);
            return output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Whether there is such a process, other than a zombie.</summary>
    public static bool Runs(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static bool Runs(string processId) => Runs(int.Parse(processId, CultureInfo.InvariantCulture));
}
