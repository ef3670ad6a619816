using System.Runtime.InteropServices;

namespace Hardening.Pool.Protocol;

/// <summary>How a message begins on a stream: its header and its frame references in one piece; the payload follows from where it is.</summary>
internal static class MessageBytes
{
    /// <param name="header">Kind, id and soft limit; the rest is filled in.</param>
    /// <param name="frames">At most <see cref="MessageHeader.MaxFrames"/>.</param>
    /// <param name="payloadBytes">How many bytes will follow.</param>
    /// <param name="into">Long enough for the frames.</param>
    /// <returns>How many bytes there are.</returns>
    public static int Write(MessageHeader header, ReadOnlySpan<FrameReference> frames, int payloadBytes, Span<byte> into)
    {
        header.Frames = (ushort)frames.Length;
        header.PayloadBytes = (uint)payloadBytes;
        header.Seal();
        MemoryMarshal.Write(into, header);
        MemoryMarshal.AsBytes(frames).CopyTo(into[MessageHeader.Bytes..]);
        return MessageHeader.Bytes + (frames.Length * FrameReference.Bytes);
    }
}
