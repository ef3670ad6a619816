using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Hardening.Camera;

namespace Hardening.Pool.Wire;

/// <summary>The bytes of a job. Without frames: its request. With frames: their headers, the length of the request (4 bytes), the request, and the pixels of one frame after the other.</summary>
internal readonly ref struct JobBody
{
    public const int MaxFrames = 7;

    private JobBody(ReadOnlySpan<byte> request, WireFrame[] frames, ReadOnlySpan<byte> pixels)
    {
        Request = request;
        Frames = frames;
        Pixels = pixels;
    }

    public ReadOnlySpan<byte> Request { get; }

    public WireFrame[] Frames { get; }

    /// <summary>Those of all frames, one after the other.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>A copy of all that the job needs.</summary>
    public static byte[] Write(ReadOnlySpan<byte> request, ReadOnlySpan<FrameLease> frames, TimeProvider time)
    {
        if (frames.Length == 0)
        {
            return request.ToArray();
        }

        var size = sizeof(int) + request.Length;
        foreach (ref readonly var frame in frames)
        {
            size += WireFrame.SizeOf(frame.Info) + frame.Pixels.Length;
        }

        var body = GC.AllocateUninitializedArray<byte>(size);
        var rest = body.AsSpan();
        foreach (ref readonly var frame in frames)
        {
            rest = WireFrame.Write(rest, frame.Info, frame.Pixels, time.GetElapsedTime(frame.Info.HostTimestamp));
        }

        BinaryPrimitives.WriteInt32LittleEndian(rest, request.Length);
        request.CopyTo(rest[sizeof(int)..]);
        rest = rest[(sizeof(int) + request.Length)..];
        foreach (ref readonly var frame in frames)
        {
            frame.Pixels.CopyTo(rest);
            rest = rest[frame.Pixels.Length..];
        }

        return body;
    }

    /// <summary>Reads what a peer has written. The checksums of the pixels are not looked at here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> input, int frameCount, TimeProvider time, out JobBody body, [NotNullWhen(false)] out string? error)
    {
        body = new JobBody(input, [], default);
        error = null;
        if (frameCount == 0)
        {
            return true;
        }

        var frames = new WireFrame[frameCount];
        long pixels = 0;
        for (var index = 0; index < frames.Length; index++)
        {
            if (!WireFrame.TryRead(ref input, time, out frames[index], out error))
            {
                return false;
            }

            pixels += frames[index].Info.Length;
        }

        if (input.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(input) is var length && (length < 0 || length + pixels != input.Length - sizeof(int)))
        {
            error = "the request and the pixels are not as long as it says";
            return false;
        }

        var request = input.Slice(sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(input));
        body = new JobBody(request, frames, input[(sizeof(int) + request.Length)..]);
        return true;
    }
}
