using Hardening.Camera;
using Hardening.Interop;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;

namespace Hardening.Pool.Frames;

/// <summary>Frame pools as regions that workers map, and leases as references into them.</summary>
internal static class SharedFrames
{
    /// <summary>The pool's memory for workers, with a descriptor of its own, which the caller closes once no worker is started with it any more; the pool's own may go before.</summary>
    /// <param name="pool">Its region is <see cref="FramePool.Region"/>.</param>
    /// <param name="writable">
    /// False: workers can only read, for which the system stands, and nobody else can map it writable any more. That is for good: a pool whose slots workers write to
    /// is never shared like that.
    /// </param>
    /// <exception cref="PlatformNotSupportedException">This system has no memory that other processes can be given.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left, or /proc is not there.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed, and its memory gone.</exception>
    public static SharedRegion Share(FramePool pool, bool writable)
    {
        var file = pool.File ?? throw new PlatformNotSupportedException("Frames reach other processes through memfd_create, which is Linux: give workers the bytes in the request instead.");
        if (!writable)
        {
            // A worker of the same user could open the descriptor that it was given anew, and for writing; on a kernel before 5.1 it still can.
            _ = Libc.SealAgainstWriters(file);
        }

        return new SharedRegion(pool.Region, Libc.Reopen(file, writable), pool.SlabBytes, writable);
    }

    /// <summary>Where the frame lies, for a job. The lease must be held until the job's answer is there, or the worker has ended.</summary>
    /// <param name="lease">The frame.</param>
    /// <param name="camera">The number of its camera (<see cref="CameraNumbers"/>).</param>
    public static FrameReference Refer(in FrameLease lease, uint camera)
    {
        ref readonly var info = ref lease.Info;
        return new FrameReference
        {
            Region = lease.Region,
            Offset = (ulong)lease.Offset,
            Length = (uint)info.Length,
            Width = (uint)info.Width,
            Height = (uint)info.Height,
            Stride = (uint)info.Stride,
            PixelFormat = (uint)info.PixelFormat,
            Status = (ushort)info.Status,
            DeviceClock = (ushort)info.DeviceClock,
            DeviceTimestamp = info.DeviceTimestamp,
            Sequence = info.Sequence,
            HostTimestamp = info.HostTimestamp,
            Camera = camera,
        };
    }

    /// <summary>A rented slot as a place for a worker's result.</summary>
    public static FrameReference ReferOutput(in FrameBuffer buffer) =>
        new() { Region = buffer.Region, Flags = FrameReferenceFlags.Output, Offset = (ulong)buffer.Offset, Length = (uint)buffer.Length };

    /// <summary>Makes a frame of what a worker has written into the slot that it was given, once all that the worker says of it fits the slot. The buffer is published by that, and stays rented where it throws.</summary>
    /// <param name="buffer">As given to <see cref="ReferOutput"/>.</param>
    /// <param name="answer">The reference in the worker's result: not trusted.</param>
    /// <param name="origin">Where the job had a frame, its info: camera, sequence and times of the result are taken from here, never from the worker.</param>
    /// <exception cref="WorkerProtocolException">It names another place, is longer than the slot, or its rows do not fit its length.</exception>
    public static FrameLease Publish(in FrameBuffer buffer, in FrameReference answer, in FrameInfo origin)
    {
        if (answer.Region != buffer.Region || answer.Offset != (ulong)buffer.Offset || answer.Flags != FrameReferenceFlags.Output)
        {
            throw new WorkerProtocolException(
                $"A worker answered with a frame in region {answer.Region} at {answer.Offset:N0} (flags {(uint)answer.Flags}), and the memory that it was given is in region {buffer.Region} at {buffer.Offset:N0} (flags {(uint)FrameReferenceFlags.Output}).");
        }

        if (answer.Length > (uint)buffer.Length || !FitsLength(answer) || answer.Status > (ushort)FrameStatus.WrongSize)
        {
            throw new WorkerProtocolException(
                $"A worker answered with a frame of {answer.Length:N0} bytes, {answer.Width:N0} × {answer.Height:N0} pixels of format 0x{answer.PixelFormat:X8} in rows of {answer.Stride:N0} bytes, status {answer.Status}, which does not fit its {buffer.Length:N0} bytes.");
        }

        return buffer.Publish(origin with
        {
            Width = (int)answer.Width,
            Height = (int)answer.Height,
            Stride = (int)answer.Stride,
            Length = (int)answer.Length,
            PixelFormat = (PixelFormat)answer.PixelFormat,
            Status = (FrameStatus)answer.Status,
        });
    }

    /// <summary>Native code goes by rows, and not by the length: all of them must be in it. A frame without rows is bytes, and none is a frame as well.</summary>
    public static bool FitsLength(in FrameReference frame)
    {
        if (frame.Width > int.MaxValue || frame.Height > int.MaxValue || frame.Stride > int.MaxValue)
        {
            return false;
        }

        var row = (((long)frame.Width * ((PixelFormat)frame.PixelFormat).BitsPerPixel) + 7) / 8;
        return frame.Height == 0 || (row <= frame.Stride && ((frame.Height - 1L) * frame.Stride) + Math.Max(row, 1) <= frame.Length);
    }
}
