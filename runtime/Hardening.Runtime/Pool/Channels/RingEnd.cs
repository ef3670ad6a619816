using Hardening.Interop;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Channels;

/// <summary>What both ends of a worker's rings do alike: one thread at a time sends, one of two readers receives, any thread closes.</summary>
internal sealed unsafe partial class RingEnd : IDisposable
{
    // Each call ends at once when the end is closed; a thread that is not given a processor for longer keeps the memory, which is then left.
    private const long LongestDispose = 10_000_000_000;

    private readonly RingMemory _memory;
    private readonly bool _isWorker;
    private readonly RingWriter _writer;
    private readonly RingReader _reader;
    private readonly RingLines* _out;
    private readonly RingLines* _in;
    private RingCalls _calls;
    private bool _closed;
    private bool _isFinishing;
    private bool _disposed;
    private bool _isShown; // what nobody was woken for
    private nint _watch;
    private volatile string? _broken;

    /// <param name="memory">This end's from now on.</param>
    /// <param name="isWorker">Which end it is.</param>
    public RingEnd(RingMemory memory, bool isWorker)
    {
        (_memory, _isWorker) = (memory, isWorker);
        _out = isWorker ? &memory.Control->ToHost : &memory.Control->ToWorker;
        _in = isWorker ? &memory.Control->ToWorker : &memory.Control->ToHost;
        _writer = new RingWriter(_out, isWorker ? memory.ToHost : memory.ToWorker, memory.RingBytes);
        _reader = new RingReader(_in, isWorker ? memory.ToWorker : memory.ToHost, memory.RingBytes, memory.MaxMessageBytes, claims: isWorker);
    }

    /// <param name="header">Kind, id and soft limit.</param>
    /// <param name="frames">At most <see cref="MessageHeader.MaxFrames"/>.</param>
    /// <param name="payload">At most <see cref="RingMemory.MaxMessageBytes"/>.</param>
    /// <param name="mayWait">Whether to wait for room.</param>
    /// <param name="position">For <see cref="TryRecall"/>; −1 where the message is too long to be taken back.</param>
    public SendStatus Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, bool mayWait, out long position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, MessageHeader.MaxFrames);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, _memory.MaxMessageBytes);
        position = -1;
        try
        {
            if (!_calls.TryEnter(ref _calls.Sender) || Volatile.Read(ref _closed) || _broken is not null)
            {
                return SendStatus.Closed;
            }

            var message = header with { Frames = (ushort)frames.Length, PayloadBytes = (uint)payload.Length };
            message.Seal();
            if (MessageHeader.Bytes + message.Following > RingRecord.MaxWhole(_memory.RingBytes))
            {
                return !mayWait ? SendStatus.NoRoom : _writer.AppendInParts(message, frames, payload, ref _closed) ? SendStatus.Sent : SendStatus.Closed;
            }

            while (!_writer.TryAppend(message, frames, payload, out position))
            {
                if (!mayWait)
                {
                    return SendStatus.NoRoom;
                }

                if (!_writer.WaitForRoom(MessageHeader.Bytes + (int)message.Following, ref _closed))
                {
                    return SendStatus.Closed;
                }
            }

            return SendStatus.Sent;
        }
        catch (WorkerProtocolException e)
        {
            Break(e.Message);
            return SendStatus.Closed;
        }
        finally
        {
            RingCalls.Leave(ref _calls.Sender);
        }
    }

    /// <summary>By the thread that sends.</summary>
    public void Flush()
    {
        if (_calls.TryEnter(ref _calls.Sender) && (_writer.Show() || _isShown))
        {
            _isShown = false;
            Volatile.Write(ref _otherWasAwake, !_writer.WakeReader());
        }

        RingCalls.Leave(ref _calls.Sender);
    }

    /// <summary>By the thread that sends: whoever is awake sees it, and a reader that sleeps is woken by the next <see cref="Flush"/>.</summary>
    public void Show()
    {
        if (_calls.TryEnter(ref _calls.Sender))
        {
            _isShown |= _writer.Show();
        }

        RingCalls.Leave(ref _calls.Sender);
    }

    /// <summary>By the thread that sends, or one that excludes it.</summary>
    public bool TryRecall(long position)
    {
        var recalled = _calls.TryEnter(ref _calls.Sender) && _writer.TryRecall(position);
        RingCalls.Leave(ref _calls.Sender);
        return recalled;
    }

    /// <summary>Nothing follows: what has come can be received, and no wait is for more. What is sent goes on its way as before.</summary>
    public void Finish()
    {
        if (_calls.TryEnter())
        {
            Volatile.Write(ref _isFinishing, true);
            WakeAll();
        }

        _calls.Leave();
    }

    /// <summary>By a thread of the worker that lives as long as the process: the host is told of its end as soon as the kernel begins with it.</summary>
    public void WatchThread()
    {
        if (_calls.TryEnter())
        {
            (var thread, _watch) = Libc.WatchEnd(&_out->FirstSleeps, &_out->SecondSleeps);
            Volatile.Write(ref _memory.Control->WatchedThread, thread);
        }

        _calls.Leave();
    }

    /// <summary>Ends all waits of this end, now and later.</summary>
    public void Close()
    {
        if (_calls.TryEnter())
        {
            Volatile.Write(ref _closed, true);
            WakeAll();
        }

        _calls.Leave();
    }

    public void Dispose()
    {
        Close();
        if (!Interlocked.Exchange(ref _disposed, true) && _calls.TryEnd(LongestDispose))
        {
            Libc.LeaveWords(_watch);
            _reader.Dispose();
            _memory.Dispose();
        }
    }

    /// <summary>The other end cannot be believed any more: who receives is told.</summary>
    private void Break(string why)
    {
        _broken ??= why;
        WakeAll();
    }
}
