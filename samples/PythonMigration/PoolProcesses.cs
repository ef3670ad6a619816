using System.Globalization;

namespace PythonMigration;

/// <summary>The workers of a pool with all that they started, as the system sees them: by the variable that a pool gives its workers.</summary>
internal static class PoolProcesses
{
    public static int Count(string pool) => Find(pool).Count();

    /// <summary>In user and kernel mode, of those that run.</summary>
    public static TimeSpan CpuTime(string pool)
    {
        var ticks = 0L;
        foreach (var process in Find(pool))
        {
            var stat = File.ReadAllText($"{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name may have anything in it
            ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromSeconds(ticks / 100.0); // USER_HZ
    }

    private static IEnumerable<string> Find(string pool) => Directory.EnumerateDirectories("/proc").Where(process => IsOf(process, $"HARDENING_WORKER_POOL={pool}"));

    private static bool IsOf(string process, string variable)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0]) && File.ReadAllText($"{process}/environ").Split('\0').Contains(variable, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended, or is another user's
        }
    }
}
