using System.Globalization;

namespace Hardening.Processes;

/// <summary>What the system tells of a process in /proc (proc_pid_stat(5)).</summary>
internal static class ProcessStat
{
    /// <summary>The fields from the state on, which follows the name; null when there is no such process.</summary>
    public static string[]? Read(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name may hold anything
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
