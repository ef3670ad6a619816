using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Channels;

/// <summary>
/// The host's end of the rings: messages through shared memory, without a system call while both ends are awake. Cancel and Stop go through the worker's standard input (<see cref="RingWorkerEnd"/>).
/// </summary>
internal sealed class RingChannel : WorkerChannel
{
    /// <param name="memory">Made for this worker; the channel's from now on. Its file may be closed once the worker is started.</param>
    /// <param name="input">The write end of the worker's standard input; the channel's from now on. Its end tells the worker that the host is gone.</param>
    public RingChannel(RingMemory memory, SafePipeHandle input)
    {
        _ = memory;
        _ = input;
    }

    public override bool CanRecall => true;

    public override bool CanBeReadByCaller => true;

    public override SendStatus Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, bool mayWait, out long position) => throw new NotImplementedException();

    public override void Flush() => throw new NotImplementedException();

    public override bool TryRecall(long position) => throw new NotImplementedException();

    public override void SetReader(ChannelReader reader) => throw new NotImplementedException();

    public override ReceiveStatus Receive(ChannelReader reader, TimeSpan wait, out ReceivedMessage message) => throw new NotImplementedException();

    public override bool TrySendAside(MessageKind kind, ulong id) => throw new NotImplementedException();

    public override void Abort() => throw new NotImplementedException();

    protected override void Dispose(bool disposing) => throw new NotImplementedException();
}
