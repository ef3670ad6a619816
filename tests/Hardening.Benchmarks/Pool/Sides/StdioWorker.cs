using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The worker of the pool that people write first: messages with their length before them, on standard input and output.</summary>
internal static class StdioWorker
{
    public const int HeaderBytes = 8;

    /// <summary>Answers each message: a small one with itself, a frame with the sum of its bytes.</summary>
    public static void Run()
    {
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var message = new byte[HeaderBytes + Payloads.FrameBytes];
        while (Read(input, message) is var length and >= 0)
        {
            if (length == Payloads.FrameBytes)
            {
                BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(HeaderBytes), Payloads.Sum(message.AsSpan(HeaderBytes, length)));
                length = sizeof(long);
                BinaryPrimitives.WriteInt64LittleEndian(message, length);
            }

            output.Write(message, 0, HeaderBytes + length);
        }
    }

    /// <summary>Puts the length before the payload.</summary>
    public static void Write(Span<byte> message, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(message, payload.Length);
        payload.CopyTo(message[HeaderBytes..]);
    }

    /// <summary>Reads a message, in one call where it is small.</summary>
    /// <returns>Its length; −1 at the end.</returns>
    public static int Read(Stream stream, byte[] message)
    {
        var have = 0;
        var wanted = HeaderBytes;
        while (have < wanted)
        {
            var read = stream.Read(message, have, message.Length - have); // one job is under way: no more than it is there
            if (read == 0)
            {
                return -1;
            }

            have += read;
            if (have >= HeaderBytes)
            {
                wanted = HeaderBytes + (int)BinaryPrimitives.ReadInt64LittleEndian(message);
            }
        }

        return wanted - HeaderBytes;
    }
}
