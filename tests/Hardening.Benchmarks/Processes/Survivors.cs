using System.Globalization;
using Hardening.Interop;

namespace Hardening.Benchmarks.Processes;

/// <summary>Finds processes by the directory that they work in, which they keep when they leave their session, their parent and their environment; and ends what others left.</summary>
internal static class Survivors
{
    private const int SIGKILL = 9;
    private const int SIGSTOP = 19;
    private const int MostRounds = 1000;

    public static int Count(string directory) => In(directory).Count();

    /// <summary>Stops and kills until none is left.</summary>
    public static void End(string directory)
    {
        var empty = 0;
        for (var round = 0; round < MostRounds && empty < 5; round++) // a single look may miss one that moves
        {
            foreach (var signal in (ReadOnlySpan<int>)[SIGSTOP, SIGKILL])
            {
                foreach (var process in In(directory))
                {
                    Send(process, directory, signal);
                }
            }

            empty = Count(directory) == 0 ? empty + 1 : 0;
        }
    }

    // The handle first, then another look: the number could have become another's.
    private static void Send(int process, string directory, int signal)
    {
        var pidfd = Libc.OpenPidFd(process);
        if (pidfd >= 0)
        {
            _ = WorksIn(process, directory) && Libc.TrySignal(pidfd, signal);
            _ = Libc.close(pidfd);
        }
    }

    /// <summary>Children that have ended and that this parent has not reaped.</summary>
    public static int CountZombiesOf(int parent) => All().Count(id => IsZombieOf(parent, id));

    private static IEnumerable<int> In(string directory) => All().Where(id => WorksIn(id, directory));

    private static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(path.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 1);

    private static bool IsZombieOf(int parent, int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is ["Z", var id, ..] && id == parent.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false; // gone
        }
    }

    private static bool WorksIn(int process, string directory)
    {
        try
        {
            return new FileInfo($"/proc/{process}/cwd").LinkTarget == directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone, or another user's
        }
    }
}
