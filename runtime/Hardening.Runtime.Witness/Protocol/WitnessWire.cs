using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;

namespace Hardening.Stalls.Protocol;

/// <summary>
/// A connected socket that messages go over: the length of each in four bytes, the low first, and its JSON. It blocks the calling thread and no other: the thread pool may be starved. One thread receives; several may send
/// what is short: the system keeps a send of up to 16 KiB together.
/// </summary>
internal sealed class WitnessWire(Socket socket) : IDisposable
{
    /// <summary>1,000 threads with 200 frames each, of which no two are the same, have room.</summary>
    public const int MaxBytes = 64 << 20;

    private const int HeaderBytes = 4;

    private static readonly TimeSpan PartLimit = TimeSpan.FromSeconds(10); // for the rest of a message that has begun
    private static readonly byte[] Tick = Frame(new WitnessMessage());

    /// <summary>Waits for a message.</summary>
    /// <param name="wait">How long at most.</param>
    /// <param name="message">What came; null when the time is over.</param>
    /// <returns>False when the other end is gone.</returns>
    /// <exception cref="InvalidDataException">What came is no message.</exception>
    /// <exception cref="SocketException">The rest of a message did not come, or the line is broken.</exception>
    public bool TryReceive(TimeSpan wait, out WitnessMessage? message)
    {
        message = null;
        if (!socket.Poll(wait, SelectMode.SelectRead))
        {
            return true;
        }

        socket.ReceiveTimeout = (int)PartLimit.TotalMilliseconds;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!TryFill(header))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= 0 or > MaxBytes)
        {
            throw new InvalidDataException($"A message of {length:N0} bytes was announced, and 1 to {MaxBytes:N0} are possible: what came is no message of the witness's protocol.");
        }

        var body = new byte[length];
        if (!TryFill(body))
        {
            return false;
        }

        try
        {
            message = JsonSerializer.Deserialize(body, WitnessJson.Default.WitnessMessage) ?? throw new InvalidDataException("A message of the witness's protocol is null.");
            return true;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"A message of {length:N0} bytes is none of the witness's protocol: {e.Message}", e);
        }
    }

    /// <exception cref="SocketException">The other end is gone, or does not read.</exception>
    public void Send(WitnessMessage message) => Send(Frame(message));

    /// <summary>Says that a thread runs. Does not allocate.</summary>
    /// <inheritdoc cref="Send(WitnessMessage)"/>
    public void SendTick() => Send(Tick);

    public void Dispose() => socket.Dispose();

    private void Send(byte[] frame)
    {
        socket.SendTimeout = (int)PartLimit.TotalMilliseconds;
        for (var sent = 0; sent < frame.Length;)
        {
            sent += socket.Send(frame.AsSpan(sent));
        }
    }

    private static byte[] Frame(WitnessMessage message)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, WitnessJson.Default.WitnessMessage);
        var frame = new byte[HeaderBytes + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, HeaderBytes);
        return frame;
    }

    private bool TryFill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var received = socket.Receive(buffer);
            if (received == 0)
            {
                return false;
            }

            buffer = buffer[received..];
        }

        return true;
    }
}
