using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hardening.Pool;

/// <summary>How requests and results become bytes: the same on both sides of a pool. Called on many threads at once. See <see cref="JobContract"/> for ready ones.</summary>
/// <typeparam name="TRequest">What a job is asked.</typeparam>
/// <typeparam name="TResult">What it answers.</typeparam>
public abstract class JobContract<TRequest, TResult>
{
    /// <summary>In the application: writes a request.</summary>
    /// <param name="output">Where to; the caller's.</param>
    /// <param name="request">What is asked.</param>
    public abstract void WriteRequest(IBufferWriter<byte> output, TRequest request);

    /// <summary>In the worker: reads a request.</summary>
    /// <param name="input">All bytes of it, lent for the time of the call.</param>
    public abstract TRequest ReadRequest(ReadOnlySpan<byte> input);

    /// <summary>In the worker: writes a result.</summary>
    /// <param name="output">Where to; the caller's.</param>
    /// <param name="result">What is answered.</param>
    public abstract void WriteResult(IBufferWriter<byte> output, TResult result);

    /// <summary>In the application: reads a result.</summary>
    /// <param name="input">All bytes of it, lent for the time of the call.</param>
    public abstract TResult ReadResult(ReadOnlySpan<byte> input);
}

/// <summary>Makes contracts between a pool and its workers.</summary>
public static class JobContract
{
    /// <summary>JSON in UTF-8, by what the source generator made for the two types.</summary>
    /// <param name="request">Such as <c>InspectionJson.Default.InspectionRequest</c>.</param>
    /// <param name="result">Such as <c>InspectionJson.Default.InspectionResult</c>.</param>
    public static JobContract<TRequest, TResult> Json<TRequest, TResult>(JsonTypeInfo<TRequest> request, JsonTypeInfo<TResult> result)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(result);
        return new JsonJobContract<TRequest, TResult>(request, result);
    }

    /// <summary>Four functions, for a format of one's own. They are called on many threads at once.</summary>
    /// <param name="writeRequest">In the application.</param>
    /// <param name="readRequest">In the worker; its bytes are lent for the time of the call.</param>
    /// <param name="writeResult">In the worker.</param>
    /// <param name="readResult">In the application; its bytes are lent for the time of the call.</param>
    public static JobContract<TRequest, TResult> Create<TRequest, TResult>(
        Action<IBufferWriter<byte>, TRequest> writeRequest,
        Func<ReadOnlySpan<byte>, TRequest> readRequest,
        Action<IBufferWriter<byte>, TResult> writeResult,
        Func<ReadOnlySpan<byte>, TResult> readResult)
    {
        ArgumentNullException.ThrowIfNull(writeRequest);
        ArgumentNullException.ThrowIfNull(readRequest);
        ArgumentNullException.ThrowIfNull(writeResult);
        ArgumentNullException.ThrowIfNull(readResult);
        return new CustomJobContract<TRequest, TResult>(writeRequest, readRequest, writeResult, readResult);
    }

    private sealed class CustomJobContract<TRequest, TResult>(
        Action<IBufferWriter<byte>, TRequest> writeRequest,
        Func<ReadOnlySpan<byte>, TRequest> readRequest,
        Action<IBufferWriter<byte>, TResult> writeResult,
        Func<ReadOnlySpan<byte>, TResult> readResult) : JobContract<TRequest, TResult>
    {
        public override void WriteRequest(IBufferWriter<byte> output, TRequest request) => writeRequest(output, request);

        public override TRequest ReadRequest(ReadOnlySpan<byte> input) => readRequest(input);

        public override void WriteResult(IBufferWriter<byte> output, TResult result) => writeResult(output, result);

        public override TResult ReadResult(ReadOnlySpan<byte> input) => readResult(input);
    }

    private sealed class JsonJobContract<TRequest, TResult>(JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResult> resultType) : JobContract<TRequest, TResult>
    {
        public override void WriteRequest(IBufferWriter<byte> output, TRequest request) => Write(output, request, requestType);

        public override TRequest ReadRequest(ReadOnlySpan<byte> input) => Read(input, requestType);

        public override void WriteResult(IBufferWriter<byte> output, TResult result) => Write(output, result, resultType);

        public override TResult ReadResult(ReadOnlySpan<byte> input) => Read(input, resultType);

        private static void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> type)
        {
            using var writer = new Utf8JsonWriter(output);
            JsonSerializer.Serialize(writer, value, type);
        }

        // A null is what was written for one: the type says whether it may be.
        private static T Read<T>(ReadOnlySpan<byte> input, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(input, type)!;
    }
}
