using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Plant.Bottling;

public sealed class BottleFrame(IntPtr data, int width, int height) : EventArgs
{
    public IntPtr Data { get; } = data;

    public int Width { get; } = width;

    public int Height { get; } = height;
}

public interface IBottleCamera
{
    event EventHandler<BottleFrame> FrameArrived;

    event EventHandler Disconnected;
}

/// <summary>A picture in a rented array, to be given back by whoever reads it.</summary>
public readonly record struct Picture(byte[] Pixels, int Width, int Height);

/// <summary>Looks at the bottles of several cameras: the callbacks copy and go, one worker per camera does the work.</summary>
public sealed class BottleInspection(IReadOnlyList<IBottleCamera> cameras, string logFile)
{
    private readonly Lock _log = new();
    private long _dropped;
    private long _broken;

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Broken => Interlocked.Read(ref _broken);

    public async Task RunAsync(CancellationToken token)
    {
        // The cameras have the threads; one call each is enough.
        Cv2.SetNumThreads(1);
        var workers = new List<Task>();
        foreach (var camera in cameras)
        {
            workers.Add(InspectAsync(Open(camera), token));
        }

        await Task.WhenAll(workers);
    }

    private ChannelReader<Picture> Open(IBottleCamera camera)
    {
        var pictures = Channel.CreateBounded<Picture>(
            new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            old =>
            {
                ArrayPool<byte>.Shared.Return(old.Pixels);
                Interlocked.Increment(ref _dropped);
            });
        camera.FrameArrived += (_, frame) => HandOn(frame, pictures.Writer);
        camera.Disconnected += (_, _) => Log("a camera is gone");
        return pictures.Reader;
    }

    private static void HandOn(BottleFrame frame, ChannelWriter<Picture> pictures)
    {
        var size = frame.Width * frame.Height;
        var pixels = ArrayPool<byte>.Shared.Rent(size);
        Marshal.Copy(frame.Data, pixels, 0, size);
        if (!pictures.TryWrite(new Picture(pixels, frame.Width, frame.Height)))
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    private async Task InspectAsync(ChannelReader<Picture> pictures, CancellationToken token)
    {
        await foreach (var picture in pictures.ReadAllAsync(token))
        {
            try
            {
                if (await Task.Run(() => IsBroken(picture), token))
                {
                    Interlocked.Increment(ref _broken);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(picture.Pixels);
            }
        }
    }

    private static unsafe bool IsBroken(Picture picture)
    {
        fixed (byte* pixels = picture.Pixels)
        {
            using var gray = Mat.FromPixelData(picture.Height, picture.Width, MatType.CV_8UC1, (IntPtr)pixels);
            using var edges = new Mat();
            Cv2.Canny(gray, edges, 50, 150);
            return Cv2.CountNonZero(edges) > picture.Width;
        }
    }

    // The cameras' threads do not come here but when one is lost.
    private void Log(string line)
    {
        var text = $"{DateTimeOffset.UtcNow:O} {line}{Environment.NewLine}";
        if (_log.TryEnter())
        {
            try
            {
                Console.Error.Write(text);
            }
            finally
            {
                _log.Exit();
            }
        }

        _ = File.AppendAllTextAsync(logFile, text);
    }
}
