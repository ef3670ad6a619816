using System.Text.Json;

namespace Hardening.Pool.Workers;

/// <summary>The failure of a job, as its worker tells it.</summary>
internal static class WorkerError
{
    /// <exception cref="WorkerProtocolException">It is not JSON, or has no type.</exception>
    public static JobFailedException Read(ReadOnlySpan<byte> payload, string pool, int processId)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var error = JsonDocument.ParseValue(ref reader);
            return new JobFailedException(pool, processId, Text(error, "type"), Text(error, "message"), Text(error, "trace"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new WorkerProtocolException($"Worker {processId} of pool '{pool}' sent an error that cannot be read: {e.Message}");
        }
    }

    private static string Text(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
