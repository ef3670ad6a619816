using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hardening.Pool.Wire;

/// <summary>Why a job has no result, as its host tells it: the body of such an answer, as JSON.</summary>
internal sealed record RemoteFailure
{
    private const int MaxMessage = 8 << 10;
    private const int MaxTrace = 64 << 10;

    /// <summary>The type of the exception, or one word for why it is a dead letter.</summary>
    public string Type { get; init; } = "";

    public string Message { get; init; } = "";

    /// <summary>Where it was thrown, or what the worker wrote last.</summary>
    public string Trace { get; init; } = "";

    public string Host { get; init; } = "";

    /// <summary>The worker's; 0 where there was none.</summary>
    public int ProcessId { get; init; }

    public int Attempts { get; init; }

    /// <summary>How long it might have run; 0 where that is not why.</summary>
    public double TimeoutSeconds { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(
        this with { Message = WireHeaders.Shorten(Message, MaxMessage), Trace = WireHeaders.Shorten(Trace, MaxTrace) },
        RemoteFailureJson.Default.RemoteFailure);

    /// <summary>Null where a peer has written something else.</summary>
    public static RemoteFailure? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var failure = JsonSerializer.Deserialize(bytes, RemoteFailureJson.Default.RemoteFailure);
            return failure is { Type: not null, Message: not null, Trace: not null, Host: not null } ? failure : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RemoteFailure))]
internal sealed partial class RemoteFailureJson : JsonSerializerContext;
