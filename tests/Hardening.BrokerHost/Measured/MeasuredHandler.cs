using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Hardening.Pool;

namespace Hardening.BrokerHost.Measured;

/// <summary>Answers with the request; of a frame, with the sum of its pixels, so that each of them must be there.</summary>
public sealed class MeasuredHandler : IJobHandler
{
    public void Run(JobContext job)
    {
        if (job.FrameCount > 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(job.Result.GetSpan(sizeof(long)), Sum(job.Frame(0).Pixels));
            job.Result.Advance(sizeof(long));
            return;
        }

        job.Request.CopyTo(job.Result.GetSpan(job.Request.Length));
        job.Result.Advance(job.Request.Length);
    }

    /// <summary>Reads every byte; a frame is a whole number of vectors.</summary>
    public static long Sum(ReadOnlySpan<byte> pixels)
    {
        var sum = Vector<ulong>.Zero;
        foreach (var some in MemoryMarshal.Cast<byte, Vector<ulong>>(pixels))
        {
            sum += some;
        }

        return (long)Vector.Sum(sum);
    }
}
