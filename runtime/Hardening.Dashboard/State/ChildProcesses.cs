using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Hardening.Dashboard.State;

/// <summary>All descendants of the application, but those that only watch over the others: read from /proc, every two seconds at most. Not thread-safe.</summary>
internal sealed class ChildProcesses(TimeProvider time)
{
    /// <summary>No more are told, those that were started first.</summary>
    public const int Most = 500;

    private const string Helper = "hardening-supervisor"; // its name is in the command line of the supervisor and of its guard
    private const int LongestCommandLine = 4096;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly byte[] _buffer = new byte[LongestCommandLine];
    private Dictionary<(int Id, long Start), Program> _programs = [];
    private IReadOnlyList<ChildState> _last = [];
    private long? _lookedAt;

    /// <summary>Those that there are.</summary>
    /// <param name="supervisor">The process that owns children; null where there is none.</param>
    public IReadOnlyList<ChildState> Read(int? supervisor)
    {
        if (!OperatingSystem.IsLinux() || (_lookedAt is { } at && time.GetElapsedTime(at) < LookEvery))
        {
            return _last;
        }

        _lookedAt = time.GetTimestamp();
        return _last = Look(supervisor);
    }

    private List<ChildState> Look(int? supervisor)
    {
        var byParent = Processes().ToLookup(process => process.ParentId);
        var since = time.GetUtcNow() - Uptime();
        var programs = new Dictionary<(int, long), Program>();
        var children = new List<ChildState>();
        var parents = new Queue<(int Id, bool IsSupervised, bool IsHelper)>([(Environment.ProcessId, false, true)]); // each process once: a tree has no rings
        while (children.Count < Most && parents.TryDequeue(out var parent))
        {
            foreach (var process in byParent[parent.Id].OrderBy(process => process.StartTicks).Take(Most - children.Count))
            {
                var program = programs[(process.ProcessId, process.StartTicks)] = _programs.GetValueOrDefault((process.ProcessId, process.StartTicks)) ?? ProgramOf(process.ProcessId, since + TimeSpan.FromSeconds(process.StartTicks / ProcStat.TicksPerSecond));
                var isSupervised = parent.IsSupervised || process.ProcessId == supervisor;
                parents.Enqueue((process.ProcessId, isSupervised, program.IsHelper));
                if (!program.IsHelper)
                {
                    children.Add(Tell(process, parent.IsHelper ? 0 : parent.Id, isSupervised, program));
                }
            }
        }

        _programs = programs;
        return children;
    }

    private static ChildState Tell(in ProcStat process, int parent, bool isSupervised, Program program) => new(
        process.ProcessId, parent, isSupervised, process.Name, program.Path, StateOf(process.State), program.StartedAt,
        process.RssPages * Environment.SystemPageSize, process.UserTicks / ProcStat.TicksPerSecond, process.SystemTicks / ProcStat.TicksPerSecond, process.Threads);

    private static string StateOf(char state) => state switch
    {
        'R' => "running",
        'D' => "waiting",
        'T' or 't' => "stopped",
        'Z' or 'X' => "zombie",
        _ => "sleeping",
    };

    private List<ProcStat> Processes()
    {
        var processes = new List<ProcStat>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (char.IsAsciiDigit(directory[^1]) && ProcStat.Read(directory + "/stat", _buffer) is { } process)
            {
                processes.Add(process);
            }
        }

        return processes;
    }

    private Program ProgramOf(int processId, DateTimeOffset startedAt)
    {
        var directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/");
        var path = "";
        try
        {
            path = File.ResolveLinkTarget(directory + "exe", returnFinalTarget: false)?.FullName ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // gone, or another user's
        }

        return new Program(path, startedAt, Encoding.UTF8.GetString(Text(directory + "cmdline")).Contains(Helper, StringComparison.Ordinal));
    }

    private TimeSpan Uptime() => Utf8Parser.TryParse(Text("/proc/uptime"), out double seconds, out _) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    private ReadOnlySpan<byte> Text(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return _buffer.AsSpan(0, RandomAccess.Read(file, _buffer, fileOffset: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // StartedAt is what came out at the first look: at the next it would differ by a tick, and a process would seem another.
    private sealed record Program(string Path, DateTimeOffset StartedAt, bool IsHelper);
}
