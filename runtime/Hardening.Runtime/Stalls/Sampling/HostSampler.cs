using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>Reads the host, and the control groups of a process, by descriptors that were opened ahead.</summary>
internal sealed class HostSampler : IHostSource
{
    private const long LeastSuspension = 1_000_000; // ns; less is the time between two looks at clocks

    private readonly ProcFile _stat;
    private readonly ProcFile _processors;
    private readonly ProcFile _memory;
    private readonly ProcFile _io;
    private readonly ThrottleReader _throttle;
    private readonly byte[] _text = TouchedMemory.Allocate<byte>(64 * 1024);
    private bool _isKnown;
    private Counts _last;

    /// <param name="processId">Whose control groups. Default: this process.</param>
    /// <param name="root">Where proc(5) is.</param>
    public HostSampler(int? processId = null, string root = "/proc")
    {
        _stat = new ProcFile($"{root}/stat");
        _processors = new ProcFile($"{root}/pressure/cpu");
        _memory = new ProcFile($"{root}/pressure/memory");
        _io = new ProcFile($"{root}/pressure/io");
        _throttle = new ThrottleReader($"{root}/{TaskDirectory.Name(processId)}", $"{root}/self");
    }

    public IReadOnlyList<string> Missing
    {
        get
        {
            var missing = new List<string>();
            if (!_stat.IsOpen)
            {
                missing.Add($"The host's processors are not known: there is no {_stat.Path}.");
            }

            foreach (var pressure in (ReadOnlySpan<ProcFile>)[_processors, _memory, _io])
            {
                if (!pressure.IsReadable)
                {
                    missing.Add($"How long tasks of the host waited is not known: {pressure.Path} is not there, or switched off.");
                }
            }

            if (_throttle.IsMissing)
            {
                missing.Add("Whether the process was held back by its control group is not known: no control group of processors is mounted.");
            }

            return missing;
        }
    }

    public void Read(ref HostSample host)
    {
        var isFirst = !_isKnown;
        _isKnown = true;
        host = default;
        ReadStat(ref host);
        host.ProcessorPressure = Pressure(_processors, ref _last.ProcessorPressure);
        host.MemoryPressure = Pressure(_memory, ref _last.MemoryPressure);
        host.IoPressure = Pressure(_io, ref _last.IoPressure);
        host.Throttled = _throttle.Read();
        if (OperatingSystem.IsLinux() && Libc.Suspended is { } suspended && (isFirst || suspended - _last.Suspended >= LeastSuspension))
        {
            host.Suspended = ProcText.Growth(ref _last.Suspended, suspended);
        }

        if (isFirst)
        {
            host = new HostSample { Runnable = host.Runnable, Blocked = host.Blocked };
        }
    }

    public void Prepare() => _throttle.Prepare();

    public void Dispose()
    {
        _stat.Dispose();
        _processors.Dispose();
        _memory.Dispose();
        _io.Dispose();
        _throttle.Dispose();
    }

    // The line of interrupts makes the file long: what comes behind it may not be in the first part. Only whole lines are read, but for one that is longer than a part.
    private void ReadStat(ref HostSample host)
    {
        var text = _stat.Read(_text);
        if (!text.StartsWith("cpu "u8))
        {
            return;
        }

        ReadTicks(text["cpu "u8.Length..], ref host);
        for (var offset = 0L; text.Length == _text.Length; text = _stat.Read(_text, offset))
        {
            var end = text.LastIndexOf((byte)'\n');
            ReadRest(end > 0 ? text[..end] : [], ref host);
            offset += end > 0 ? end : text.Length - 1;
        }

        ReadRest(text, ref host);
    }

    private void ReadTicks(ReadOnlySpan<byte> line, ref HostSample host)
    {
        var (user, nice, system, idle) = (ProcText.Number(ref line), ProcText.Number(ref line), ProcText.Number(ref line), ProcText.Number(ref line));
        var (ioWait, interrupts, softInterrupts, steal) = (ProcText.Number(ref line), ProcText.Number(ref line), ProcText.Number(ref line), ProcText.Number(ref line));
        host.UserTicks = ProcText.Growth(ref _last.User, user + nice);
        host.SystemTicks = ProcText.Growth(ref _last.System, system + interrupts + softInterrupts);
        host.IdleTicks = ProcText.Growth(ref _last.Idle, idle);
        host.IoWaitTicks = ProcText.Growth(ref _last.IoWait, ioWait);
        host.StealTicks = ProcText.Growth(ref _last.Steal, steal);
    }

    private void ReadRest(ReadOnlySpan<byte> text, ref HostSample host)
    {
        if (ProcText.TryFind(text, "\nctxt "u8, out var switches))
        {
            host.ContextSwitches = ProcText.Growth(ref _last.Switches, switches);
        }

        if (ProcText.TryFind(text, "\nprocesses "u8, out var forks))
        {
            host.Forks = ProcText.Growth(ref _last.Forks, forks);
        }

        if (ProcText.TryFind(text, "\nprocs_running "u8, out var runnable))
        {
            host.Runnable = (int)runnable;
        }

        if (ProcText.TryFind(text, "\nprocs_blocked "u8, out var blocked))
        {
            host.Blocked = (int)blocked;
        }
    }

    private long Pressure(ProcFile file, ref long last) =>
        ProcText.TryFind(file.Read(_text), "total="u8, out var total) ? ProcText.Growth(ref last, total) : 0; // the first total is that of "some"

    private struct Counts
    {
        public long User;
        public long System;
        public long Idle;
        public long IoWait;
        public long Steal;
        public long Switches;
        public long Forks;
        public long ProcessorPressure;
        public long MemoryPressure;
        public long IoPressure;
        public long Suspended;
    }
}
