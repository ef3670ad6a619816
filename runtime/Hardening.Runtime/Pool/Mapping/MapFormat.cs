namespace Hardening.Pool.Mapping;

/// <summary>How the requests and results of a map become bytes.</summary>
internal abstract class MapFormat<TRequest, TResult>
{
    /// <summary>The bytes of the request, in its own memory or in that of the job.</summary>
    public abstract ReadOnlyMemory<byte> Write(MapJob job, TRequest request);

    /// <summary>A result that does not refer to the bytes.</summary>
    public abstract TResult Read(ReadOnlySpan<byte> answer);
}

internal sealed class RawMapFormat : MapFormat<ReadOnlyMemory<byte>, byte[]>
{
    public static RawMapFormat Instance { get; } = new();

    public override ReadOnlyMemory<byte> Write(MapJob job, ReadOnlyMemory<byte> request) => request;

    public override byte[] Read(ReadOnlySpan<byte> answer) => answer.ToArray();
}
