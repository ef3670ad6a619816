using Hardening.Camera;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>
/// Archives every sixtieth frame with one worker process that stays for the whole run, fed by a thread of its own: the inspection never waits for it. One frame
/// may wait for the thread; the frame is leased, not copied. A frame for which there is no place is counted.
/// </summary>
internal sealed class ArchiveSink(string runId) : IFrameSink, IDisposable
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly object _gate = new(); // no Lock, which allocates when two threads first meet at it
    private readonly SemaphoreSlim _waiting = new(0);
    private ArchiveProcess? _process;
    private FrameLease _next;
    private Thread? _thread;
    private bool _ends;
    private long _inspected;
    private long _archived;
    private long _notArchived;

    public string Name => "archive";

    public int HeldFrames => 2; // the one that waits, and the one being written

    public long Archived => Interlocked.Read(ref _archived);

    /// <summary>Frames that were due, and for which there was no place, or no process that took them.</summary>
    public long NotArchived => Interlocked.Read(ref _notArchived);

    public void Open(FrameSinkContext context) => _process = new ArchiveProcess(runId, context.Time);

    public void Consume(in Frame frame, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _inspected) % ArchiveWorker.Every != 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_ends || !_next.IsEmpty)
            {
                Interlocked.Increment(ref _notArchived);
                return;
            }

            _next = frame.Lease(Name);
            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = Name, IsBackground = true };
                _thread.Start();
            }
        }

        _waiting.Release();
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _ends = true;
            thread = _thread;
        }

        if (thread is null)
        {
            _process?.Dispose();
            return;
        }

        _waiting.Release();
        if (!thread.Join(EndLimit))
        {
            _process?.Kill(); // it does not answer, and its end wakes the thread
            thread.Join(EndLimit / 2);
        }
    }

    private void Run()
    {
        using var process = _process!;
        while (TryTake(out var frame))
        {
            using (frame)
            {
                Interlocked.Increment(ref process.TryArchive(frame.Pixels) ? ref _archived : ref _notArchived);
            }
        }
    }

    /// <returns>False at the end, when none waits any more.</returns>
    private bool TryTake(out FrameLease frame)
    {
        while (true)
        {
            _waiting.Wait(IdleLimit);
            lock (_gate)
            {
                (frame, _next) = (_next, default);
                if (!frame.IsEmpty || _ends)
                {
                    return !frame.IsEmpty;
                }
            }
        }
    }
}
