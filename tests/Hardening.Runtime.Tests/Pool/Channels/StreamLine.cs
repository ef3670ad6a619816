using Hardening.Interop;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Runtime.Tests.Pool.Channels;

/// <summary>A stream channel with the worker's ends of its pipes in the hands of a test.</summary>
internal sealed class StreamLine : IDisposable
{
    public const int MaxMessageBytes = 8 << 20;

    private readonly SafePipeHandle _input;
    private readonly SafePipeHandle _output;

    public StreamLine()
    {
        (_input, var toWorker) = Libc.OpenPipe();
        (var fromWorker, _output) = Libc.OpenPipe();
        Channel = new StreamChannel(toWorker, fromWorker, MaxMessageBytes);
        Input = new FileStream(new SafeFileHandle(_input.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
        Output = new FileStream(new SafeFileHandle(_output.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0);
    }

    public StreamChannel Channel { get; }

    /// <summary>What the worker reads.</summary>
    public FileStream Input { get; }

    /// <summary>What the worker writes.</summary>
    public FileStream Output { get; }

    public static byte[] Message(MessageKind kind, ulong id, ReadOnlySpan<byte> payload, params ReadOnlySpan<FrameReference> frames)
    {
        var bytes = new byte[MessageHeader.Bytes + (frames.Length * FrameReference.Bytes) + payload.Length];
        payload.CopyTo(bytes.AsSpan(MessageBytes.Write(new MessageHeader { Kind = kind, Id = id }, frames, payload.Length, bytes)));
        return bytes;
    }

    /// <summary>The next message, as text: kind, id and payload.</summary>
    public string Receive(TimeSpan? wait = null) => Channel.Receive(ChannelReader.Channel, wait ?? Timeout.InfiniteTimeSpan, out var message) is var status and not ReceiveStatus.Message
        ? $"{status}"
        : $"{message.Header.Kind} {message.Header.Id} {System.Text.Encoding.UTF8.GetString(message.Payload)}";

    public SendStatus Send(MessageKind kind, ulong id, ReadOnlySpan<byte> payload, bool mayWait = true) => Channel.Send(new MessageHeader { Kind = kind, Id = id }, default, payload, mayWait, out _);

    /// <summary>As many bytes as the worker reads.</summary>
    public byte[] Read(int count)
    {
        var bytes = new byte[count];
        Input.ReadExactly(bytes);
        return bytes;
    }

    public void CloseOutput() => _output.Dispose();

    public void CloseInput() => _input.Dispose();

    public void Dispose()
    {
        Channel.Dispose();
        Input.Dispose();
        Output.Dispose();
        _input.Dispose();
        _output.Dispose();
    }
}
