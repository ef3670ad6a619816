using System.Text;
using Hardening.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <summary>What a worker writes to its outputs: the end of it is kept, and all of it goes to the log where that wants it. It is never held back.</summary>
internal sealed class WorkerOutput : IPumpedOutput
{
    private const int TailBytes = 16 << 10;
    private const int TailLines = 20;
    private const int TailFrames = 10; // of a stack of .NET: the reason stands above it
    private const int LogBytes = 64 << 10; // for a log that is slower than the worker; then the oldest are dropped, and counted
    private const int LongestLine = 4096;

    private readonly Lock _gate = new();
    private readonly ByteRing _tail = new(TailBytes);
    private readonly CapturedOutput? _log;
    private readonly OutputPump _pump;
    private readonly ILogger _logger;
    private readonly string _pool;
    private long _cut;

    /// <param name="pipe">The reading end; owned from now on.</param>
    /// <param name="setup">Who logs.</param>
    public WorkerOutput(SafePipeHandle pipe, WorkerSetup setup)
    {
        (_logger, _pool) = (setup.Logger, setup.Pool);
        _pump = new OutputPump(pipe, this, setup.Time);
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            _log = new CapturedOutput(LogBytes, TimeSpan.Zero, setup.Time, lost => Interlocked.Add(ref _cut, lost));
        }
    }

    public Action Resume { get; set; } = static () => { };

    public bool IsHeld => false;

    /// <summary>All that the worker and its descendants wrote has been read, or no more of it can be. Never faults.</summary>
    public Task Ended => _pump.Ended;

    /// <param name="processId">Of the worker.</param>
    /// <param name="treeEnded">No process of the worker is left.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has nothing left to watch the pipe with.</exception>
    public void Start(int processId, Task treeEnded)
    {
        if (_log is not null)
        {
            new LineFeed(_log, Encoding.UTF8, LongestLine, line => Log(processId, line)).Begin();
        }

        _pump.Start(treeEnded);
    }

    /// <summary>The last lines, at most 20, of a stack of .NET the first 10 frames; without a final line feed. Takes what is in the pipe first: of a worker that has ended, all.</summary>
    public string LastLines()
    {
        _pump.Read(new byte[TailBytes]);
        byte[] bytes;
        lock (_gate)
        {
            bytes = new byte[_tail.Count];
            _tail.CopyTo(bytes);
        }

        var lines = new List<string>();
        var frames = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).TrimEnd().Split('\n'))
        {
            frames = line.StartsWith("   at ", StringComparison.Ordinal) ? frames + 1 : 0;
            if (frames <= TailFrames)
            {
                lines.Add(line);
            }
        }

        return string.Join('\n', lines.TakeLast(TailLines));
    }

    public int Allow(int wanted) => wanted;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes.Length > TailBytes ? bytes[^TailBytes..] : bytes;
        lock (_gate)
        {
            _tail.Drop(Math.Max(0, kept.Length - _tail.Room));
            _tail.Add(kept);
        }

        _log?.Write(bytes.Length > LogBytes ? bytes[^LogBytes..] : bytes);
    }

    public void NoteTreeEnded()
    {
    }

    public void Complete() => _log?.Complete();

    private void Log(int processId, string? line)
    {
        if (Interlocked.Exchange(ref _cut, 0) is var cut and > 0)
        {
            _logger.OutputCut(_pool, processId, cut);
        }

        if (line is not null)
        {
            _logger.WorkerWrote(_pool, processId, line);
        }
    }
}
