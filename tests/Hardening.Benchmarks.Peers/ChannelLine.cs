using System.Buffers;
using System.Threading.Channels;

namespace Hardening.Benchmarks.Peers;

/// <summary>A bounded channel for each camera, which keeps its order, with a task that reads it; frames lie in arrays of the shared pool.</summary>
public sealed class ChannelLine : CameraLine
{
    private readonly Channel<(DriverFrame Frame, byte[] Pixels)>[] _channels;
    private readonly Task _readers;

    public ChannelLine(Workload workload, ModelCamera[] cameras, ResultBook book)
        : base(workload, cameras, book)
    {
        ArgumentNullException.ThrowIfNull(workload);
        _channels = [.. cameras.Select(_ => Channel.CreateBounded<(DriverFrame Frame, byte[] Pixels)>(Options(workload), Dropped))];
        _readers = Task.WhenAll(_channels.Select(channel => Task.Run(() => ReadAsync(channel.Reader))));

        void Dropped((DriverFrame Frame, byte[] Pixels) item) => GiveUp(item.Pixels);
    }

    protected override void Take(ModelCamera camera, in DriverFrame frame)
    {
        ArgumentNullException.ThrowIfNull(camera);
        var pixels = ArrayPool<byte>.Shared.Rent(Workload.FrameBytes);
        camera.Pixels(frame).CopyTo(pixels);
        var writer = _channels[frame.Camera].Writer;
        if (!writer.TryWrite((frame, pixels)))
        {
            writer.WriteAsync((frame, pixels)).AsTask().Wait(TimeSpan.FromSeconds(10)); // only where it shall wait
        }
    }

    protected override void Drain(TimeSpan limit)
    {
        foreach (var channel in _channels)
        {
            channel.Writer.Complete();
        }

        if (!_readers.Wait(limit))
        {
            throw new TimeoutException("Frames are left.");
        }
    }

    private static BoundedChannelOptions Options(Workload workload) => new(workload.WhenFull == Overflow.Latest ? 1 : workload.Queue)
    {
        FullMode = workload.WhenFull == Overflow.Wait ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
        SingleReader = true,
        SingleWriter = true,
    };

    private async Task ReadAsync(ChannelReader<(DriverFrame Frame, byte[] Pixels)> reader)
    {
        var work = new FrameWork(Workload);
        await foreach (var (frame, pixels) in reader.ReadAllAsync())
        {
            if (IsTooOld(Workload, frame))
            {
                GiveUp(pixels);
                continue;
            }

            var found = work.Run(pixels.AsSpan(0, Workload.FrameBytes));
            ArrayPool<byte>.Shared.Return(pixels);
            Book.Add(frame, found);
        }
    }

    private void GiveUp(byte[] pixels)
    {
        ArrayPool<byte>.Shared.Return(pixels);
        Drop();
    }
}
