using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// Reads a process and its threads from /proc by descriptors that were opened ahead. Threads that come are seen by the number of them, and are read from the sample after the next call of
/// <see cref="Prepare"/> on.
/// </summary>
internal sealed class ProcSampler : IProcSource
{
    private readonly TimeProvider _time;
    private readonly ProcFile _stat;
    private readonly DescriptorBudget _budget;
    private readonly ThreadTable? _threads;
    private readonly ThreadReader? _threadReader;
    private readonly ChildTable? _children;
    private readonly ChildReader? _childReader;
    private readonly ThreadNameTable _names;
    private readonly ChannelTable _channels = new();
    private readonly byte[] _text = TouchedMemory.Allocate<byte>(4096);
    private readonly string _process;
    private ProcStat _last;
    private long _lastTime;
    private bool _hasChanged = true; // threads have come or gone since they were listed; volatile
    private bool _isInDoubt; // the last reading was deep; volatile

    /// <summary>Opens what the process has now.</summary>
    /// <param name="processId">Default: this process.</param>
    /// <param name="time">The clock of the samples. Default: the system's.</param>
    /// <param name="root">Where proc(5) is.</param>
    /// <param name="descriptorLimit">Takes the place of RLIMIT_NOFILE, of which a quarter is used at most.</param>
    public ProcSampler(int? processId = null, TimeProvider? time = null, string root = "/proc", long? descriptorLimit = null)
    {
        _time = time ?? TimeProvider.System;
        _process = $"{root}/{TaskDirectory.Name(processId)}";
        _names = new ThreadNameTable(ThreadTable.MaxThreads, _time);
        _stat = new ProcFile($"{_process}/stat");
        _budget = new DescriptorBudget(descriptorLimit);
        if (_stat.IsOpen && TaskDirectory.TryOpen(root, TaskDirectory.Name(processId)) is { } tasks)
        {
            _threads = new ThreadTable(tasks, _budget);
            _threadReader = new ThreadReader(_threads, _names, _channels);
            _children = new ChildTable(_threads, _budget, _threads.Refusals, root, processId, _time);
            _childReader = new ChildReader(_children);
            Prepare();
        }
    }

    public IReadOnlyList<string> WaitChannels => _channels.Names;

    public IReadOnlyDictionary<int, string> ThreadNames => _names.Names;

    /// <summary>The live descendants that are counted. Safe for all threads.</summary>
    public IReadOnlyList<int> Descendants => _children?.Ids ?? [];

    public IReadOnlyList<string> Missing => _threads is null ? [$"Threads are not known: {_process} cannot be read."] : _threads.Refusals.Sentences;

    public int Read(ref ProcessSample process, Span<ThreadSample> threads, ReadOnlySpan<int> watched, bool deep)
    {
        process = default;
        if (_threadReader is null || _childReader is null)
        {
            return 0;
        }

        var now = _time.Nanoseconds;
        var interval = _lastTime == 0 ? 0 : now - _lastTime;
        var stat = ProcStat.Parse(_stat.Read(_text), out _);
        if (_lastTime != 0)
        {
            process.UserTicks = Math.Max(0, stat.UserTicks - _last.UserTicks);
            process.SystemTicks = Math.Max(0, stat.SystemTicks - _last.SystemTicks);
            process.MinorFaults = Math.Max(0, stat.MinorFaults - _last.MinorFaults);
            process.MajorFaults = Math.Max(0, stat.MajorFaults - _last.MajorFaults);
        }

        _childReader.Read(ref process, _lastTime == 0 ? 0 : stat.WaitedForTicks - _last.WaitedForTicks, interval, now + (OperatingSystem.IsLinux() ? Libc.Suspended ?? 0 : 0));
        var rows = _threadReader.Read(ref process, threads, watched, deep, interval);
        process.Threads = stat.Threads;
        process.Omitted = Math.Max(0, stat.Threads - _threadReader.Seen) + _threadReader.Lost;
        (_last, _lastTime) = (stat, now);
        Volatile.Write(ref _hasChanged, stat.Threads != _threadReader.Seen);
        Volatile.Write(ref _isInDoubt, deep);
        return rows;
    }

    public void Prepare()
    {
        var inDoubt = Volatile.Read(ref _isInDoubt);
        _threads?.Prepare(Volatile.Read(ref _hasChanged), inDoubt);
        _children?.Prepare(inDoubt);
    }

    public void Dispose()
    {
        _children?.Dispose();
        _threads?.Dispose();
        _stat.Dispose();
    }
}
