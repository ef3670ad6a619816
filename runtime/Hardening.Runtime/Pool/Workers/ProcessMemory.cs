using System.Globalization;

namespace Hardening.Pool.Workers;

/// <summary>How much memory a process has.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident bytes, from /proc/PID/statm: some 20 µs, where smaps_rollup takes milliseconds. Null when the process is gone.</summary>
    public static long? Resident(int processId)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{processId}/statm").Split(' ');
            return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
