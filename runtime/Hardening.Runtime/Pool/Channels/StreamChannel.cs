using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Channels;

/// <summary>The line to a worker that reads messages from its standard input and writes them to its standard output: any program, in any language.</summary>
internal sealed class StreamChannel : WorkerChannel
{
    private const int MaxAsides = 16;

    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new(); // held while bytes are put into the pipe, which never waits
    private readonly SafePipeHandle _toWorker;
    private readonly SafePipeHandle _fromWorker;
    private readonly SafeFileHandle _abort;
    private readonly MessageBuffer _incoming;
    private readonly MessageHeader[] _asides = new MessageHeader[MaxAsides]; // for when the message that is being sent has been
    private int _asideCount;
    private bool _isWithinMessage;
    private int _isAborted;

    /// <param name="toWorker">The end to write to of the worker's standard input; owned from here on.</param>
    /// <param name="fromWorker">The end to read from of its standard output; owned from here on.</param>
    /// <param name="maxMessageBytes">No payload of the worker may be longer.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    public StreamChannel(SafePipeHandle toWorker, SafePipeHandle fromWorker, int maxMessageBytes)
    {
        (_toWorker, _fromWorker) = (toWorker, fromWorker);
        _abort = Libc.OpenEvent();
        _incoming = new MessageBuffer(maxMessageBytes);
        Libc.NeverWait(toWorker);
        Libc.NeverWait(fromWorker);
    }

    /// <summary>What is in a pipe cannot be taken back.</summary>
    public override bool CanRecall => false;

    public override bool CanBeReadByCaller => false;

    private bool IsAborted => Volatile.Read(ref _isAborted) != 0;

    /// <summary>
    /// As the base says. The bytes are on their way when it returns. Where it may not wait, only what goes into the pipe as a whole is sent:
    /// half a message could be followed by nothing else.
    /// </summary>
    public override SendStatus Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, bool mayWait, out long position)
    {
        position = 0;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, MessageHeader.MaxFrames);
        Span<byte> head = stackalloc byte[MessageHeader.Bytes + (MessageHeader.MaxFrames * FrameReference.Bytes)];
        ReadOnlySpan<byte> first = head[..MessageBytes.Write(header, frames, payload.Length, head)];
        if (!mayWait && first.Length + payload.Length > Libc.AtomicPipeBytes)
        {
            return SendStatus.NoRoom;
        }

        while (true)
        {
            var written = Put(first, payload);
            if (written < 0)
            {
                return SendStatus.Closed;
            }

            var ofFirst = Math.Min(written, first.Length);
            first = first[ofFirst..];
            payload = payload[(written - ofFirst)..];
            if (first.IsEmpty && payload.IsEmpty)
            {
                return SendStatus.Sent;
            }

            if (!mayWait)
            {
                return SendStatus.NoRoom;
            }

            if (written == 0)
            {
                Wait(_toWorker, PollEntry.Out, Timeout.Infinite);
            }
        }
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override bool TryRecall(long position) => false;

    public override void SetReader(ChannelReader reader)
    {
        // It is always the channel's own thread.
    }

    public override ReceiveStatus Receive(ChannelReader reader, TimeSpan wait, out ReceivedMessage message)
    {
        var until = wait < TimeSpan.Zero ? long.MaxValue : Environment.TickCount64 + (long)Math.Ceiling(wait.TotalMilliseconds);
        while (!_incoming.TryTake(out message))
        {
            var wasAborted = IsAborted; // before the last look: what the worker has sent before is there then
            switch (Libc.TryRead(_fromWorker, _incoming.Free))
            {
                case > 0 and var count:
                    _incoming.Add(count);
                    break;
                case 0:
                    return wasAborted || IsEndOfWorker() ? ReceiveStatus.Closed : End();
                case < 0 when wasAborted:
                    return ReceiveStatus.Closed;
                case < 0 when until == long.MaxValue:
                    Wait(_fromWorker, PollEntry.In, Timeout.Infinite);
                    break;
                default:
                    var left = until - Environment.TickCount64;
                    if (left <= 0)
                    {
                        return ReceiveStatus.Nothing;
                    }

                    Wait(_fromWorker, PollEntry.In, (int)Math.Min(left, int.MaxValue));
                    break;
            }
        }

        return ReceiveStatus.Message;
    }

    public override bool TrySendAside(MessageKind kind, ulong id)
    {
        var message = new MessageHeader { Kind = kind, Id = id };
        message.Seal();
        lock (_gate)
        {
            if (IsAborted || _asideCount == MaxAsides)
            {
                return false;
            }

            if (_isWithinMessage)
            {
                _asides[_asideCount++] = message;
                return true;
            }

            return Write_NeedsLock(message);
        }
    }

    public override void Abort()
    {
        if (Interlocked.Exchange(ref _isAborted, 1) == 0)
        {
            Libc.SignalEvent(_abort); // for good: it is never reset
        }
    }

    protected override void Dispose(bool disposing)
    {
        _toWorker.Dispose();
        _fromWorker.Dispose();
        _abort.Dispose();
        _incoming.Dispose();
    }

    // As much as the pipe takes. Until all of it is in, nothing else may be put between.
    private int Put(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        lock (_gate)
        {
            var written = IsAborted ? -1 : Libc.TryWrite(_toWorker, one, other);
            if (written == one.Length + other.Length)
            {
                _isWithinMessage = false;
                for (var number = 0; number < _asideCount; number++)
                {
                    _ = Write_NeedsLock(_asides[number]);
                }

                _asideCount = 0;
            }
            else if (written > 0)
            {
                _isWithinMessage = true;
            }

            return written;
        }
    }

    private bool Write_NeedsLock(in MessageHeader message) => Libc.TryWrite(_toWorker, MemoryMarshal.AsBytes(new ReadOnlySpan<MessageHeader>(in message)), default) > 0;

    private void Wait(SafePipeHandle pipe, short events, int milliseconds)
    {
        Span<PollEntry> entries = [new PollEntry((int)pipe.DangerousGetHandle(), events), new PollEntry((int)_abort.DangerousGetHandle())];
        _ = Libc.Poll(entries, milliseconds);
    }

    // A worker that is killed while it writes leaves half a message. Its end is what has happened, and is told in a moment.
    private bool IsEndOfWorker()
    {
        Span<PollEntry> end = [new PollEntry((int)_abort.DangerousGetHandle())];
        return _incoming.Unfinished.Present > 0 && Libc.Poll(end, (int)EndLimit.TotalMilliseconds);
    }

    private ReceiveStatus End() => _incoming.Unfinished switch
    {
        (0, _) => ReceiveStatus.Closed,
        (var present, MessageHeader.Bytes) when present < MessageHeader.Bytes =>
            throw new WorkerProtocolException($"The worker closed its standard output in the middle of a header: {present} of its {MessageHeader.Bytes} bytes came."),
        var (present, wanted) =>
            throw new WorkerProtocolException($"The worker closed its standard output in the middle of a message: {present:N0} of its {wanted:N0} bytes came."),
    };
}
