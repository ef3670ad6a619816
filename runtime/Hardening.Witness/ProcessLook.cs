using System.Globalization;

namespace Hardening.Witness;

/// <summary>What /proc tells of a process: proc(5).</summary>
internal static class ProcessLook
{
    /// <exception cref="ProcessGoneException">There is no such process.</exception>
    public static IReadOnlyList<int> Threads(int processId)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{processId}/task").Select(path => int.Parse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture))];
        }
        catch (DirectoryNotFoundException)
        {
            throw new ProcessGoneException(processId);
        }
    }

    /// <summary>The threads in uninterruptible sleep.</summary>
    public static IReadOnlyList<int> Uninterruptible(int processId) => [.. Threads(processId).Where(thread => State($"/proc/{processId}/task/{thread}") == 'D')];

    /// <summary>The letter of its state; '?' when it is gone.</summary>
    public static char State(int processId) => State($"/proc/{processId}");

    /// <summary>A line of its status; empty when there is none.</summary>
    public static string Status(int processId, string name) =>
        Read($"/proc/{processId}/status").Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim() ?? "";

    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // gone meanwhile, or hidden
        }
    }

    // After the name, which may have blanks and brackets of its own.
    private static char State(string directory) =>
        Read(directory + "/stat") is var stat && stat.LastIndexOf(')') is var end and >= 0 && end + 2 < stat.Length ? stat[end + 2] : '?';
}
