using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Channels;

/// <summary>
/// The host's end of the rings: messages through shared memory, without a system call while both ends are awake. Cancel and Stop go through the worker's standard input (<see cref="RingWorkerEnd"/>).
/// </summary>
/// <remarks>A message that was received is valid until the next call of <see cref="Receive"/> by either reader. Its payload lies in memory that the worker can still write: what has to stay as it was checked is copied first.</remarks>
internal sealed class RingChannel : WorkerChannel
{
    private readonly RingEnd _end;
    private readonly SafePipeHandle _input;

    /// <param name="memory">Made for this worker; the channel's from now on. Its file may be closed once the worker is started.</param>
    /// <param name="input">The write end of the worker's standard input; the channel's from now on. Its end tells the worker that the host is gone.</param>
    public RingChannel(RingMemory memory, SafePipeHandle input)
    {
        _end = new RingEnd(memory, isWorker: false);
        _input = input;
        Libc.NeverWait(input);
    }

    public override bool CanRecall => true;

    public override bool CanBeReadByCaller => true;

    public override SendStatus Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, bool mayWait, out long position) =>
        _end.Send(header, frames, payload, mayWait, out position);

    public override void Flush() => _end.Flush();

    public override bool TryRecall(long position) => _end.TryRecall(position);

    public override void SetReader(ChannelReader reader) => _end.SetReader(Number(reader));

    public override ReceiveStatus Receive(ChannelReader reader, TimeSpan wait, out ReceivedMessage message) => _end.Receive(Number(reader), wait, out message);

    public override bool TrySendAside(MessageKind kind, ulong id)
    {
        var header = new MessageHeader { Kind = kind, Id = id };
        header.Seal();
        try
        {
            return Libc.TryWrite(_input, MemoryMarshal.AsBytes(new ReadOnlySpan<MessageHeader>(in header)), []) == MessageHeader.Bytes;
        }
        catch (ObjectDisposedException)
        {
            return false; // the worker has ended, and the channel with it
        }
    }

    public override void Abort() => _end.Close();

    protected override void Dispose(bool disposing)
    {
        _input.Dispose();
        _end.Dispose();
    }

    private static int Number(ChannelReader reader) => reader == ChannelReader.Caller ? 1 : 0;
}
