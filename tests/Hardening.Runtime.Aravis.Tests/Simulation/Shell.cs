using System.ComponentModel;
using System.Diagnostics;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>Runs a small program to its end.</summary>
internal static class Shell
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <returns>The exit code, and what it wrote; −1 when there is no such program.</returns>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using var standard = process.StandardOutput; // whoever asks for the reader owns it
            using var error = process.StandardError;
            var output = Task.WhenAll(standard.ReadToEndAsync(), error.ReadToEndAsync());
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{program} did not end within {Limit}.");
            }

            return output.Wait(Limit) ? (process.ExitCode, string.Concat(output.Result)) : throw new TimeoutException($"{program} has ended, and its output is still open.");
        }
        catch (Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
