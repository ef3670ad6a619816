using Hardening.Camera;
using Hardening.Pool.Wire;

namespace Hardening.Pool.Host;

/// <summary>Puts the frames that come with jobs into buffers that workers can see.</summary>
internal sealed class FrameIntake : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5); // a buffer comes back soon after its job's end

    private readonly FramePool? _slots;
    private readonly RabbitPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly string _holder;

    /// <exception cref="InsufficientMemoryException">There is not enough memory for the buffers.</exception>
    public FrameIntake(string pool, RabbitPoolOptions options, TimeProvider time)
    {
        (_options, _time, _holder) = (options, time, pool + "/broker");
        _slots = options.FrameSlots > 0 ? new FramePool(options.FrameSlots, options.MaxFrameBytes) : null;
    }

    /// <summary>Why the frames of a job cannot be taken at all; null where they can.</summary>
    public RemoteFailure? Refuse(ReadOnlySpan<WireFrame> frames)
    {
        if (frames.Length > 0 && frames.Length > _options.FrameSlots)
        {
            return new RemoteFailure { Type = DeadReasons.FramesRefused, Message = $"the job has {frames.Length} frames, and the host has {_options.FrameSlots} buffers for frames: set FrameSlots there, to Prefetch times the frames of a job" };
        }

        foreach (ref readonly var frame in frames)
        {
            if (frame.Info.Length > _options.MaxFrameBytes)
            {
                return new RemoteFailure { Type = DeadReasons.FramesRefused, Message = $"a frame has {frame.Info.Length:N0} bytes, and the host takes {_options.MaxFrameBytes:N0}: set MaxFrameBytes there as for the caller" };
            }
        }

        return null;
    }

    /// <summary>Takes the frames of a job: into buffers, with their checksums looked at there.</summary>
    /// <param name="frames">What is known of them.</param>
    /// <param name="pixels">Theirs, one after the other.</param>
    /// <param name="leases">Gets a lease of each, to be disposed by the caller, also where it fails.</param>
    /// <param name="cancellationToken">Ends the wait for buffers.</param>
    /// <returns>Null; or why not.</returns>
    public async Task<RemoteFailure?> TakeAsync(WireFrame[] frames, ReadOnlyMemory<byte> pixels, List<FrameLease> leases, CancellationToken cancellationToken)
    {
        foreach (var frame in frames)
        {
            FrameBuffer buffer;
            while (!_slots!.TryRent(_holder, out buffer))
            {
                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }

            pixels.Span[..frame.Info.Length].CopyTo(buffer.Bytes);
            var checksum = Crc32C.Compute(buffer.Bytes[..frame.Info.Length]);
            if (checksum != frame.Checksum)
            {
                buffer.Dispose();
                return new RemoteFailure { Type = DeadReasons.Checksum, Message = $"frame {frame.Info.Sequence} of camera '{frame.Info.Camera}' has the checksum {checksum:X8}, and was sent with {frame.Checksum:X8}: its pixels are others" };
            }

            leases.Add(buffer.Publish(frame.Info));
            pixels = pixels[frame.Info.Length..];
        }

        return null;
    }

    public void Dispose() => _slots?.Dispose();
}
