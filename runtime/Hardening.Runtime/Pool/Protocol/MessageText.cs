using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Hardening.Pool.Protocol;

/// <summary>The JSON of the messages around the jobs (docs/worker-protocol.md). What is not known in them is passed over: a newer host may say more.</summary>
internal static class MessageText
{
    private const int TypeLength = 512;
    private const int MessageLength = 8 << 10;
    private const int TraceLength = 24 << 10;
    private const int BytesPerCharacter = 6; // at most, as \u001f

    public static byte[] Hello(string pool, int maxMessageBytes) => Write(json =>
    {
        json.WriteNumber("protocol"u8, MessageHeader.ProtocolVersion);
        json.WriteString("pool"u8, pool);
        json.WriteNumber("host"u8, Environment.ProcessId);
        json.WriteNumber("maxMessageBytes"u8, maxMessageBytes);
    });

    /// <returns>No payload may be longer; and the name of the pool.</returns>
    /// <exception cref="WorkerProtocolException">The host speaks another version.</exception>
    public static (int MaxMessageBytes, string Pool) ReadHello(ReadOnlySpan<byte> payload)
    {
        var hello = Parse(payload);
        return hello.GetProperty("protocol"u8).GetInt64() is var protocol && protocol == MessageHeader.ProtocolVersion
            ? (hello.GetProperty("maxMessageBytes"u8).GetInt32(), hello.TryGetProperty("pool"u8, out var pool) && pool.ValueKind == JsonValueKind.String ? pool.GetString()! : "")
            : throw new WorkerProtocolException($"The pool speaks version {protocol} of the protocol, and this worker version {MessageHeader.ProtocolVersion}: build both with the same version of Hardening.Runtime.");
    }

    public static void WriteReady(IBufferWriter<byte> output, string name)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("language"u8, RuntimeInformation.FrameworkDescription);
        writer.WriteNumber("process"u8, Environment.ProcessId);
        writer.WriteEndObject();
    }

    /// <summary>What the host is told of an exception: cut where it is longer than the pool's messages may be.</summary>
    public static void WriteError(IBufferWriter<byte> output, Exception exception, int limit)
    {
        var room = limit / BytesPerCharacter / 4; // a quarter for each part, and one for the names
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, Cut(exception.GetType().FullName ?? exception.GetType().Name, Math.Min(room, TypeLength)));
        writer.WriteString("message"u8, Cut(exception.Message, Math.Min(room, MessageLength)));
        writer.WriteString("trace"u8, Cut(exception.ToString(), Math.Min(room, TraceLength)));
        writer.WriteEndObject();
    }

    public static byte[] Map(MappedText map) => Write(json =>
    {
        json.WriteNumber("region"u8, map.Region);
        json.WriteNumber("bytes"u8, map.Bytes);
        json.WriteBoolean("writable"u8, map.IsWritable);
        if (map.Path is not null)
        {
            json.WriteString("path"u8, map.Path);
        }
        else
        {
            json.WriteNumber("descriptor"u8, map.Descriptor);
        }
    });

    public static MappedText ReadMap(ReadOnlySpan<byte> payload)
    {
        var map = Parse(payload);
        var path = map.TryGetProperty("path"u8, out var text) ? text.GetString() ?? "" : null;
        return new MappedText(
            map.GetProperty("region"u8).GetUInt32(),
            map.GetProperty("bytes"u8).GetInt64(),
            map.TryGetProperty("writable"u8, out var isWritable) && isWritable.GetBoolean(),
            path,
            path is null ? map.GetProperty("descriptor"u8).GetInt32() : -1);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private static JsonElement Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        return JsonElement.ParseValue(ref reader);
    }
}
