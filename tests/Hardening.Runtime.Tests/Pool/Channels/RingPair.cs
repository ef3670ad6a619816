using System.IO.Pipes;
using Hardening.Interop;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;

namespace Hardening.Runtime.Tests.Pool.Channels;

/// <summary>Both ends of a worker's rings in one process, each with a mapping of its own, and a third mapping to do damage through.</summary>
internal sealed unsafe class RingPair : IDisposable
{
    public const int MaxMessageBytes = 4 << 20;

    private readonly nint _raw;

    public RingPair(int ringBytes = RingMemory.MinRingBytes)
    {
        RingBytes = ringBytes;
        var memory = RingMemory.Create(ringBytes, MaxMessageBytes);
        Worker = RingWorkerEnd.Open(Libc.Reopen(memory.File, writable: true));
        _raw = Libc.MapFile(memory.File, Length, writable: true);
        var (read, write) = Libc.OpenPipe();
        Input = new AnonymousPipeClientStream(PipeDirection.In, read);
        Host = new RingChannel(memory, write);
    }

    public RingChannel Host { get; }

    public RingWorkerEnd Worker { get; }

    /// <summary>The worker's standard input.</summary>
    public AnonymousPipeClientStream Input { get; }

    public int RingBytes { get; }

    public long Length => RingControl.Bytes + (2L * RingBytes);

    public ref RingControl Control => ref *(RingControl*)_raw;

    public Span<byte> Raw => new((void*)_raw, (int)Length);

    public Span<byte> ToHost => Raw.Slice(RingControl.Bytes + RingBytes, RingBytes);

    public SendStatus Send(ulong id, ReadOnlySpan<byte> payload = default, MessageKind kind = MessageKind.Job, bool mayWait = true) => Send(id, out _, payload, kind, mayWait);

    public SendStatus Send(ulong id, out long position, ReadOnlySpan<byte> payload = default, MessageKind kind = MessageKind.Job, bool mayWait = true)
    {
        var status = Host.Send(new MessageHeader { Kind = kind, Id = id }, default, payload, mayWait, out position);
        Host.Flush();
        return status;
    }

    public bool Answer(ulong id, ReadOnlySpan<byte> payload = default)
    {
        var sent = Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = id }, default, payload);
        Worker.Flush();
        return sent;
    }

    /// <summary>The id of the message that the host gets now; null when there is none.</summary>
    public ulong? Get(ChannelReader reader = ChannelReader.Channel) =>
        Host.Receive(reader, TimeSpan.Zero, out var message) == ReceiveStatus.Message ? message.Header.Id : null;

    /// <summary>The id of the message that the worker gets now; null when there is none.</summary>
    public ulong? GetAtWorker() => Worker.Receive(TimeSpan.Zero, out var message) == ReceiveStatus.Message ? message.Header.Id : null;

    public void Dispose()
    {
        Worker.Dispose();
        Host.Dispose();
        Input.Dispose();
        Libc.Unmap(_raw, Length);
    }
}
