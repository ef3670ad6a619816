using Hardening.Interop;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The pool's own line to a worker, between two threads that have nothing else to do: what is left of a round trip when there is no pool.</summary>
internal static class RingFloor
{
    public const string Kind = "ring";

    private const int RingBytes = 256 << 10;
    private const int MaxMessageBytes = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task<PoolMeasurement> MeasureAsync(Loops loops)
    {
        var memory = RingMemory.Create(RingBytes, MaxMessageBytes);
        var (read, write) = Libc.OpenPipe();
        using (read)
        {
            using var channel = new RingChannel(memory, write);
            var start = PoolSide.Program(PoolSide.PeerVerb, Kind, $"/proc/{Environment.ProcessId}/fd/{memory.File.DangerousGetHandle()}", "0");
            await using var process = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = TimeSpan.Zero });
            channel.SetReader(ChannelReader.Caller);
            var request = Payloads.Request();
            return loops.InTurn(number =>
            {
                Payloads.Number(request, number);
                var isSent = channel.Send(new MessageHeader { Kind = MessageKind.Job, Id = (ulong)number + 1 }, default, request, mayWait: true, out _) == SendStatus.Sent;
                channel.Flush();
                return isSent && channel.Receive(ChannelReader.Caller, Limit, out var answer) == ReceiveStatus.Message && answer.Payload.SequenceEqual(request);
            });
        }
    }

    /// <summary>The other process; it is ended by the first.</summary>
    public static void Serve(string path)
    {
        using var end = RingWorkerEnd.Open(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        while (end.Receive(Limit, out var message) == ReceiveStatus.Message && end.Send(new MessageHeader { Kind = MessageKind.Result, Id = message.Header.Id }, default, message.Payload))
        {
            end.Flush();
        }
    }
}
