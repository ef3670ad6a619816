using Hardening.Camera;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;

namespace Hardening.Pool.Frames;

/// <summary>Frame pools as regions that workers map, and leases as references into them.</summary>
internal static class SharedFrames
{
    /// <summary>The pool's memory for workers, with a descriptor of its own, which the caller closes once no worker is started with it any more; the pool's own may go before.</summary>
    /// <param name="pool">Its region is <see cref="FramePool.Region"/>.</param>
    /// <param name="writable">False: workers can only read, for which the system stands, and nobody else can map it writable any more.</param>
    /// <exception cref="PlatformNotSupportedException">This system has no memory that other processes can be given.</exception>
    public static SharedRegion Share(FramePool pool, bool writable) => throw new NotImplementedException();

    /// <summary>Where the frame lies, for a job. The lease must be held until the job's answer is there, or the worker has ended.</summary>
    /// <param name="lease">The frame.</param>
    /// <param name="camera">The number of its camera (<see cref="CameraNumbers"/>).</param>
    public static FrameReference Refer(in FrameLease lease, uint camera) => throw new NotImplementedException();

    /// <summary>A rented slot as a place for a worker's result.</summary>
    public static FrameReference ReferOutput(in FrameBuffer buffer) => throw new NotImplementedException();

    /// <summary>Makes a frame of what a worker has written into the slot that it was given, once all that the worker says of it fits the slot. The buffer is published by that, and stays rented where it throws.</summary>
    /// <param name="buffer">As given to <see cref="ReferOutput"/>.</param>
    /// <param name="answer">The reference in the worker's result: not trusted.</param>
    /// <param name="origin">Where the job had a frame, its info: camera, sequence and times of the result are taken from here, never from the worker.</param>
    /// <exception cref="WorkerProtocolException">It names another place, is longer than the slot, or its rows do not fit its length.</exception>
    public static FrameLease Publish(in FrameBuffer buffer, in FrameReference answer, in FrameInfo origin) => throw new NotImplementedException();
}
