using System.Runtime.InteropServices;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Channels;

/// <summary>
/// The host's end of the private line to one worker. One thread at a time sends and one receives, the same or another; <see cref="Abort"/> and <see cref="TrySendAside"/> are for all threads.
/// No wait outlasts <see cref="Abort"/>, whatever the worker does or does not do.
/// </summary>
internal abstract class WorkerChannel : IDisposable
{
    /// <summary>Whether jobs that are sent ahead of the one being worked on can be taken back (<see cref="TryRecall"/>).</summary>
    public abstract bool CanRecall { get; }

    /// <summary>Whether a thread that wants a single answer may receive it itself (<see cref="SetReader"/>), instead of the channel's own thread.</summary>
    public abstract bool CanBeReadByCaller { get; }

    /// <summary>Appends a message; the worker need not see it before <see cref="Flush"/>. The checksum and the constants of the header are put in here.</summary>
    /// <param name="header">Kind, id and soft limit; the rest is filled in.</param>
    /// <param name="frames">At most <see cref="MessageHeader.MaxFrames"/>.</param>
    /// <param name="payload">Read during the call.</param>
    /// <param name="mayWait">Whether to wait for the worker to make room, as only a message that finds the worker with nothing else to do may: it must be reading, and not writing.</param>
    /// <param name="position">For <see cref="TryRecall"/>.</param>
    public abstract SendStatus Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, bool mayWait, out long position);

    /// <summary>Shows the worker what has been appended.</summary>
    public abstract void Flush();

    /// <summary>Takes a job back that the worker has not begun; by the sending thread, or one that excludes it.</summary>
    /// <returns>False when it has been begun: its answer comes.</returns>
    public abstract bool TryRecall(long position);

    /// <summary>Says who receives from now on. Each waits in its own name, and only the one that is set is woken by what comes; what is there already wakes it too.</summary>
    public abstract void SetReader(ChannelReader reader);

    /// <summary>Takes the worker's next message, which is valid until the next call.</summary>
    /// <param name="reader">Who asks.</param>
    /// <param name="wait">How long to wait for one; zero: not at all; <see cref="Timeout.InfiniteTimeSpan"/>: until there is one, or the channel is closed.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="WorkerProtocolException">What came is not a message, or longer than allowed: the worker cannot be used any more.</exception>
    public abstract ReceiveStatus Receive(ChannelReader reader, TimeSpan wait, out ReceivedMessage message);

    /// <summary>Sends a message without payload beside the others, such as Cancel and Stop: never waits, and is lost where the worker does not take it.</summary>
    public abstract bool TrySendAside(MessageKind kind, ulong id);

    /// <summary>The worker has ended: ends all waits, now and later. What it sent before can still be received.</summary>
    public abstract void Abort();

    /// <summary>Frees everything; nobody may be in a call any more.</summary>
    public void Dispose()
    {
        Abort();
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

internal enum SendStatus
{
    Sent,

    /// <summary>There is no room for it now, and it may not wait: nothing was sent.</summary>
    NoRoom,

    /// <summary>The worker has ended, or the channel was aborted.</summary>
    Closed,
}

internal enum ReceiveStatus
{
    Message,

    /// <summary>None came in time.</summary>
    Nothing,

    /// <summary>None will come: the worker has closed its end or the channel was aborted, and all that came before has been received.</summary>
    Closed,
}

internal enum ChannelReader
{
    /// <summary>The thread that belongs to the channel.</summary>
    Channel = 1,

    /// <summary>A thread that waits for the one answer to the one job it has sent.</summary>
    Caller = 2,
}

/// <summary>A message in the channel's memory, checked: its header is one, and it has all of its bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct ReceivedMessage(MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload)
{
    public MessageHeader Header { get; } = header;

    public ReadOnlySpan<FrameReference> Frames { get; } = frames;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
