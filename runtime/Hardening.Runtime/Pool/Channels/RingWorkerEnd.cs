using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Channels;

/// <summary>
/// The worker's end of the rings. One thread receives and sends, the one that runs the jobs; <see cref="Close"/> is for all threads. Allocates nothing per message.
/// </summary>
/// <remarks>
/// What must reach a worker while it runs a job does not come through here, but as messages in the same form, 32 bytes each, through its standard input, which a control thread reads:
/// Cancel (its id is the job's) is for the job that runs, or for one that this end has not given out yet, which the thread then remembers; Stop calls <see cref="Finish"/>,
/// or end the process where a job does not heed it. Hello, Map, Unmap and Job come through here, and each answer goes through here.
/// </remarks>
internal sealed class RingWorkerEnd : IDisposable
{
    private readonly RingEnd _end;

    private RingWorkerEnd(RingMemory memory)
    {
        MaxMessageBytes = memory.MaxMessageBytes;
        _end = new RingEnd(memory, isWorker: true);
    }

    /// <summary>No payload may be longer.</summary>
    public int MaxMessageBytes { get; }

    /// <param name="file">The inherited descriptor, 3 as a rule; this end's from now on.</param>
    /// <exception cref="WorkerProtocolException">It is not the memory of rings, or of another version.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It may not be mapped.</exception>
    public static RingWorkerEnd Open(SafeFileHandle file) => new(RingMemory.Open(file));

    /// <summary>Has compiled what otherwise the first job comes to.</summary>
    public void Prepare() => _end.Prepare();

    /// <summary>Takes the next message, which is valid until the next call. A job is claimed by that: the host cannot take it back any more; jobs that it has taken back are skipped.</summary>
    /// <param name="wait">How long to wait; zero: not at all; <see cref="Timeout.InfiniteTimeSpan"/>: until there is one, or <see cref="Close"/>.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="WorkerProtocolException">What came is not a message: the worker cannot go on.</exception>
    public ReceiveStatus Receive(TimeSpan wait, out ReceivedMessage message) => _end.Receive(reader: 0, wait, out message);

    /// <summary>By the thread that receives: about how many bytes of further messages there are.</summary>
    public ulong Unread => _end.Unread;

    /// <summary>Appends a message, and waits while there is no room; the host need not see it before <see cref="Flush"/>. Constants and checksum of the header are put in here.</summary>
    /// <returns>False when the end was closed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than allowed, or there are too many frames; nothing was sent.</exception>
    public bool Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload) => _end.Send(header, frames, payload, mayWait: true, out _) == SendStatus.Sent;

    /// <summary>Shows the host what has been appended, and wakes it where it sleeps.</summary>
    public void Flush() => _end.Flush();

    /// <summary>Shows the host what has been appended, where it is awake or looks by itself; wakes it only with the next <see cref="Flush"/>.</summary>
    public void Show() => _end.Show();

    /// <summary>The host sends nothing more: what has come can be received and answered, and then <see cref="Receive"/> says that this is all.</summary>
    public void Finish() => _end.Finish();

    /// <summary>By a thread that lives as long as this process: the host is told as soon as the kernel begins to take it down. Must not take robust mutexes.</summary>
    public void WatchThread() => _end.WatchThread();

    /// <summary>Ends all waits, now and later; what has come can still be received.</summary>
    public void Close() => _end.Close();

    /// <summary>Closes and frees; where another thread is in a call, once that has returned.</summary>
    public void Dispose() => _end.Dispose();
}
