namespace Hardening.Stalls.Sampling;

/// <summary>The control groups of a process as files: the sampler reads, the aide opens others when the process is moved, and closes what the sampler has put down.</summary>
internal sealed class ThrottleReader : IDisposable
{
    private const int TurnsBetweenLooks = 25; // 5 s of samples

    private readonly string _groupsPath;
    private readonly string _mountsPath;
    private readonly byte[] _text = TouchedMemory.Allocate<byte>(4096);
    private string? _groups;
    private int _turns;
    private Group[] _current = []; // the sampler's
    private Group[]? _next; // from the aide to the sampler
    private Group[]? _retired; // and back

    /// <param name="process">The process's directory in proc(5).</param>
    /// <param name="self">That of this process, whose mounts count.</param>
    public ThrottleReader(string process, string self) => (_groupsPath, _mountsPath) = ($"{process}/cgroup", $"{self}/mountinfo");

    /// <summary>Whether there are no control groups to be seen.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>ns that one of the groups was held back since the last reading: of the one that was so longest.</summary>
    public long Read()
    {
        if (Volatile.Read(ref _next) is { } next)
        {
            Volatile.Write(ref _retired, _current);
            _current = next;
            Volatile.Write(ref _next, null);
        }

        var longest = 0L;
        foreach (var group in _current)
        {
            longest = Math.Max(longest, group.Read(_text));
        }

        return longest;
    }

    /// <summary>Of the aide: finds the groups at first, and then sees now and then whether the process was moved to others.</summary>
    public void Prepare()
    {
        if (Interlocked.Exchange(ref _retired, null) is { } retired)
        {
            Close(retired);
        }

        if (_turns++ % TurnsBetweenLooks == 0 && Volatile.Read(ref _next) is null)
        {
            Look();
        }
    }

    public void Dispose()
    {
        Close(_current);
        Close(_next ?? []);
        Close(_retired ?? []);
    }

    private void Look()
    {
        if (!File.Exists(_groupsPath) || !File.Exists(_mountsPath))
        {
            IsMissing = _groups is null; // a process that has ended had them
            return;
        }

        var groups = File.ReadAllText(_groupsPath);
        if (groups != _groups)
        {
            _groups = groups;
            var directories = ControlGroups.Find(groups, File.ReadAllText(_mountsPath));
            IsMissing = directories is null;
            Volatile.Write(ref _next, [.. (directories ?? []).Select(static directory => new Group($"{directory}/cpu.stat"))]);
        }
    }

    private static void Close(Group[] groups)
    {
        foreach (var group in groups)
        {
            group.Dispose();
        }
    }

    private sealed class Group(string path) : IDisposable
    {
        private const long NanosecondsPerMicrosecond = 1000;

        private readonly ProcFile _file = new(path);
        private long _last = -1;

        public long Read(Span<byte> buffer)
        {
            var text = _file.Read(buffer);
            if (ProcText.TryFind(text, "throttled_usec "u8, out var now))
            {
                now *= NanosecondsPerMicrosecond;
            }
            else if (!ProcText.TryFind(text, "throttled_time "u8, out now))
            {
                return 0; // a group at the root has no limit
            }

            var isFirst = _last < 0;
            var growth = ProcText.Growth(ref _last, now);
            return isFirst ? 0 : growth;
        }

        public void Dispose() => _file.Dispose();
    }
}
