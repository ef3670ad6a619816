using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Runs a script of the customer. When it takes too long the shell is killed, and all that the shell has started runs on.</summary>
internal static class CustomerScript
{
    public static bool Run(string script, TimeSpan limit)
    {
        using var shell = Process.Start("bash", [script]);
        if (shell.WaitForExit(limit))
        {
            return shell.ExitCode == 0;
        }

        shell.Kill(); // HRD3003
        return false;
    }
}
